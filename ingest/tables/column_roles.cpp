#include "ingest/tables/column_roles.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace hitscope::ingest::tables {
namespace {

// The usual names, the most specific first: those of Spotify's API, Exportify, Kaggle's tables, Beatport, MusicBrainz,
// Last.fm, Deezer, iTunes, FMA, MTG-Jamendo, MagnaTagATune, the Million Song Dataset and Billboard. Compared as
// role_name() writes them, so that one stands for all its spellings.
constexpr auto kIdNames = std::to_array<std::string_view>(
    {"id",          "track_id",  "song_id",         "spotify_id",   "spotify_track_id", "track_uri",
     "spotify_uri", "uri",       "clip_id",         "recording_id", "recording_mbid",   "track_mbid",
     "mbid",        "deezer_id", "deezer_track_id", "itunes_id",    "beatport_id",      "msd_track_id",
     "sample_id",   "isrc"});
constexpr auto kUrlNames = std::to_array<std::string_view>({"preview_url", "track_preview_url", "spotify_preview_url",
                                                            "preview", "preview_link", "track_preview", "clip_url",
                                                            "audio_url", "sample_url", "mp3_url", "url"});
constexpr auto kArtistNames = std::to_array<std::string_view>(
    {"artist",        "artist_name",       "artists",           "artist_names",       "track_artist",
     "track_artists", "song_artist",       "artist_credit",     "artist_credit_name", "artist_credit_phrase",
     "artists_name",  "artist_title",      "main_artist",       "primary_artist",     "lead_artist",
     "first_artist",  "track_artist_name", "recording_artist",  "performer",          "performer_name",
     "performers",    "album_artist",      "album_artist_name", "album_artists",      "artist_id",
     "artist_mbid",   "artist_uri",        "artists_id"});
constexpr auto kTitleNames = std::to_array<std::string_view>(
    {"title", "track_name", "song_name", "track_title", "song_title", "recording_title", "name", "track", "song"});
constexpr auto kPopularityNames =
    std::to_array<std::string_view>({"popularity", "track_popularity", "song_popularity", "spotify_popularity"});
constexpr auto kIsrcNames = std::to_array<std::string_view>({"isrc", "track_isrc", "isrc_code"});
constexpr auto kReleaseDateNames = std::to_array<std::string_view>(
    {"release_date", "album_release_date", "track_release_date", "first_release_date", "track_album_release_date",
     "album_date_released", "release_dates", "date", "year", "release_year", "released_year", "track_release_year"});
constexpr auto kDurationNames =
    std::to_array<std::string_view>({"duration_ms", "song_duration_ms", "track_duration_ms", "track_time_millis",
                                     "duration", "track_duration", "duration_s", "length_ms"});
constexpr auto kTempoNames = std::to_array<std::string_view>({"tempo", "bpm"});
constexpr auto kTimeSignatureNames = std::to_array<std::string_view>({"time_signature"});
constexpr auto kClipHashNames = std::to_array<std::string_view>(
    {"sha256", "clip_sha256", "clip_hash", "audio_hash", "md5", "clip_md5", "audio_md5"});
constexpr auto kGenreNames =
    std::to_array<std::string_view>({"genre", "song_genre", "track_genre", "playlist_genre", "primary_genre_name",
                                     "genres", "genre_top", "track_genre_top", "top_genre", "tag_genre"});
constexpr auto kFileNames =
    std::to_array<std::string_view>({"file", "path", "filename", "file_name", "audio_path", "audio_file", "mp3_path"});

constexpr auto kFoldNames = std::to_array<std::string_view>(
    {"fold", "folds", "fold_id", "cv_fold", "kfold", "split", "partition", "subset", "set"});

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

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

std::string role_name(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string_view rest = name.substr(i);
    if (rest.starts_with("(s)") || rest.starts_with("(S)")) {  // "Artist Name(s)"
      i += 2;
      continue;
    }
    if (is_upper(name[i]) && i > 0 && is_lower_or_digit(name[i - 1])) result += '_';  // "artistName"
    result += name[i];
  }
  result = normalised_name(result);
  std::string joined;  // without '_' at the ends and side by side
  for (const char c : result) {
    if (c != '_' || (!joined.empty() && joined.back() != '_')) joined += c;
  }
  if (joined.ends_with('_')) joined.pop_back();
  return joined;
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
    case ColumnRole::kFile:
      return kFileNames;
    case ColumnRole::kFold:
      return kFoldNames;
  }
  throw std::invalid_argument("role: no such ColumnRole");
}

std::optional<std::size_t> find_role(const std::vector<std::string>& header, ColumnRole role) {
  const auto find = [&](std::string_view name, const auto& form) -> std::optional<std::size_t> {
    const auto found =
        std::find_if(header.begin(), header.end(), [&](const auto& column) { return form(column) == name; });
    if (found == header.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header.begin());
  };
  const auto compact = [](const std::string& column) {
    std::string name = role_name(column);
    std::erase(name, '_');
    return name;
  };
  for (const std::string_view name : usual_names(role)) {
    if (const auto column = find(name, normalised_name)) return column;
    if (const auto column = find(name, role_name)) return column;
    std::string letters(name);
    std::erase(letters, '_');
    if (const auto column = find(letters, compact)) return column;
  }
  return std::nullopt;
}

}  // namespace hitscope::ingest::tables
