#include "ingest/tables/column_roles.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace hitscope::ingest::tables {
namespace {

constexpr auto kIdNames = std::to_array<std::string_view>(
    {"id", "track_id", "song_id", "spotify_id", "spotify_track_id", "track_uri", "uri", "clip_id", "isrc"});
constexpr auto kUrlNames = std::to_array<std::string_view>(
    {"preview_url", "track_preview_url", "preview", "preview_link", "clip_url", "audio_url", "url"});
constexpr auto kArtistNames = std::to_array<std::string_view>(
    {"artist", "artist_name", "artists", "artist_names", "track_artist", "performer", "artist_id"});
constexpr auto kTitleNames =
    std::to_array<std::string_view>({"title", "track_name", "song_name", "track_title", "song_title", "name", "track"});
constexpr auto kPopularityNames =
    std::to_array<std::string_view>({"popularity", "track_popularity", "song_popularity", "spotify_popularity"});
constexpr auto kIsrcNames = std::to_array<std::string_view>({"isrc"});
constexpr auto kReleaseDateNames =
    std::to_array<std::string_view>({"release_date", "album_release_date", "date", "year", "release_year"});
constexpr auto kDurationNames = std::to_array<std::string_view>(
    {"duration_ms", "song_duration_ms", "track_duration_ms", "duration", "duration_s", "length_ms"});
constexpr auto kTempoNames = std::to_array<std::string_view>({"tempo", "bpm"});
constexpr auto kTimeSignatureNames = std::to_array<std::string_view>({"time_signature"});
constexpr auto kClipHashNames = std::to_array<std::string_view>(
    {"sha256", "clip_sha256", "clip_hash", "audio_hash", "md5", "clip_md5", "audio_md5"});
constexpr auto kGenreNames = std::to_array<std::string_view>({"genre", "song_genre", "track_genre", "playlist_genre"});

}  // namespace

std::string normalised_name(std::string_view name) {
  std::string result(name);
  for (char& c : result) {  // not std::isalnum, which goes by the locale
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool stays = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!stays) c = '_';
  }
  return result;
}

std::span<const std::string_view> usual_names(ColumnRole role) {
  switch (role) {
    case ColumnRole::kId:
      return kIdNames;
    case ColumnRole::kUrl:
      return kUrlNames;
    case ColumnRole::kArtist:
      return kArtistNames;
    case ColumnRole::kTitle:
      return kTitleNames;
    case ColumnRole::kPopularity:
      return kPopularityNames;
    case ColumnRole::kIsrc:
      return kIsrcNames;
    case ColumnRole::kReleaseDate:
      return kReleaseDateNames;
    case ColumnRole::kDuration:
      return kDurationNames;
    case ColumnRole::kTempo:
      return kTempoNames;
    case ColumnRole::kTimeSignature:
      return kTimeSignatureNames;
    case ColumnRole::kClipHash:
      return kClipHashNames;
    case ColumnRole::kGenre:
      return kGenreNames;
  }
  throw std::invalid_argument("role: no such ColumnRole");
}

std::optional<std::size_t> find_role(const std::vector<std::string>& header, ColumnRole role) {
  for (const std::string_view name : usual_names(role)) {
    const auto found =
        std::find_if(header.begin(), header.end(), [&](const auto& column) { return normalised_name(column) == name; });
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
