// Which audio files a render or a score is about: a folder, a fetch store, a CSV of paths, or files by name.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ingest/failure.h"

namespace hitscope::apps::clips {

/// A file with its id, or the failure that an earlier stage left.
struct ClipSource {
  std::string id;
  std::filesystem::path path;  ///< where to read it
  std::string name;            ///< as results have it: relative to the input
  std::optional<ingest::Failure> failure;
};

/// Every audio file of `input`, in a fixed order. A fetch store gives the rows of its results.csv, failures included; a
/// folder its audio files (by extension, hidden ones left out) sorted by path, with their path without extension as id;
/// a CSV its column `path` (also file, filename, audio_path), relative to the CSV, with its id column or the path as
/// id; an audio file itself. Throws UsageError where there is none.
std::vector<ClipSource> list_clips(const std::filesystem::path& input);

}  // namespace hitscope::apps::clips
