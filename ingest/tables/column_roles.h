// Which column of a table is the id, the artist, the date, … by the usual names.
//
// Names are compared in lower case with every other character than letters and digits as '_'.
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
  kDuration,  ///< in milliseconds where the name ends in "ms" or typical values are over 5,000, else in seconds
  kTempo,
  kTimeSignature,
  kClipHash,  ///< sha256 of the clip's bytes
  kGenre
};

/// A name as names are compared: "Track Name" is "track_name".
std::string normalised_name(std::string_view name);
/// The usual names of a role, most telling first, e.g. "track_id", "song_id".
std::span<const std::string_view> usual_names(ColumnRole role);
/// The first of the usual names that the header has.
std::optional<std::size_t> find_role(const std::vector<std::string>& header, ColumnRole role);

}  // namespace hitscope::ingest::tables
