// Reads and writes index.csv of a render: one line per clip, with the place of its spectrogram or its failure.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "ingest/failure.h"

namespace hitscope::apps::spectrograms {

inline constexpr const char* kIndexFile = "index.csv";

/// The cells of one line. Names and order are those of the columns.
struct IndexLine {
  std::string_view row;  ///< ordinal of the clip in the render's input
  std::string_view id;
  std::string_view clip;    ///< name of the file
  std::string_view status;  ///< "ok" or "failed"
  std::string_view
      shard{};  ///< file that holds the spectrogram; empty for a failure, as are the cells up to media_type
  std::string_view offset{};      ///< row in the shard
  std::string_view xxh128{};      ///< XXH3 hash (128 bits) of the clip's bytes
  std::string_view duration_s{};  ///< length of the file, which may be longer than its spectrogram
  std::string_view sample_rate{};
  std::string_view channels{};
  std::string_view media_type{};
  std::string_view stage{};  ///< stage of a failure; empty for a spectrogram, as are kind and detail
  std::string_view kind{};
  std::string_view detail{};

  bool is_ok() const { return status == "ok"; }
  /// The failure of a line that is not ok; unknown names, as of a later version, become render/missing.
  ingest::Failure failure() const;
};

/// The first line of index.csv, and the line of a clip.
std::string index_header();
std::string index_text(const IndexLine& line);
/// The first line of failures.csv, and the line of a clip: its number, id, name and failure.
std::string failures_header();
std::string failures_text(const IndexLine& line);

/// Calls `take(line, number of the row in the file)` for every line of the file; `line` is valid until `take` returns.
/// Throws UsageError for a file that cannot be read or has other columns.
void read_index(const std::filesystem::path& path, const std::function<void(const IndexLine&, std::size_t)>& take);

}  // namespace hitscope::apps::spectrograms
