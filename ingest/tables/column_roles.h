// Finds the columns of a table for the id, the artist, the date and so on by their usual names.
//
// Names are compared in lower case, with '_' for every character that is not a letter or digit; then also without what
// spellings differ in: "Artist Name(s)", "artistName" and "ARTISTNAME" are "artist_name".
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

enum class ColumnRole {
  kId,
  kUrl,
  kArtist,
  kTitle,
  kPopularity,
  kIsrc,
  kReleaseDate,
  kDuration,  ///< milliseconds if the name ends in "ms" or typical values exceed 5,000, else seconds
  kTempo,
  kTimeSignature,
  kClipHash,  ///< sha256 of the clip's bytes
  kGenre,
  kFile,  ///< name or path of an audio file
  kFold   ///< fold or part of a split
};

/// A name in the form in which names are compared: "track_name" for "Track Name".
std::string normalised_name(std::string_view name);
/// The same for all spellings of a name: words of camel case are parted, "(s)" is dropped, "__" is "_", and none stands
/// at the ends.
std::string role_name(std::string_view name);
/// The usual names of a role, the most specific first, e.g. "track_id", "song_id".
std::span<const std::string_view> usual_names(ColumnRole role);
/// The column with the first of the usual names that the header has.
std::optional<std::size_t> find_role(const std::vector<std::string>& header, ColumnRole role);

}  // namespace hitscope::ingest::tables
