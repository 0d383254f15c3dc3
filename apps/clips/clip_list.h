// Lists the audio files to render or score: those of a folder, a fetch store or a CSV of paths, or a single file.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ingest/failure.h"

namespace hitscope::apps::clips {

/// An audio file with its id, or the failure of an earlier stage.
struct ClipSource {
  std::string id;
  std::filesystem::path path;  ///< path to read the file from
  std::string name;            ///< name in results: the path relative to the input, by name_text()
  std::optional<ingest::Failure> failure;
};

/// The audio files of `input`, in a fixed order. For a fetch store these are the rows of its results.csv, failures
/// included; for a folder its audio files (folder_clips.h) sorted by path, with the path without extension as id, by
/// name_text(); for a CSV its column `path` (or file, filename, audio_path), relative to the CSV, with its id column or
/// the path as id; for an audio file the file itself. What a folder holds besides is counted in a line on standard
/// error. Throws UsageError if there is no clip.
std::vector<ClipSource> list_clips(const std::filesystem::path& input);

/// The file of `folder` that a person or a table names, by name_text() or, where there is none, as it stands.
std::filesystem::path path_named(const std::filesystem::path& folder, const std::string& name);

/// What must be readable to read the files of `clips`: the folders that they lie in, and the files that links lead to.
std::vector<std::filesystem::path> places_of(const std::vector<ClipSource>& clips);

}  // namespace hitscope::apps::clips
