// The run folder: what a training leaves and a scoring needs.
//
// bundle.json names the labels, the front end with its hash, and every head's files with their sha256; it is written
// last, so a folder that has one is complete. Reading checks all of it.
// Thread safety: plain values.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/spectrograms/render_settings.h"
#include "models/data/labels.h"
#include "models/head.h"

namespace hitscope::apps::runs {

struct BundleHead {
  std::string name;
  std::vector<std::string> files;  ///< in the run folder
};

struct Bundle {
  std::string target_column;
  models::data::LabelScheme labels;                       ///< shared by every head
  std::optional<spectrograms::RenderSettings> front_end;  ///< set where a head sees spectrograms
  std::vector<BundleHead> heads;                          ///< best first
};

inline constexpr const char* kBundleFile = "bundle.json";

/// Writes bundle.json with the hashes of the heads' files, which must be in place.
void write_bundle(const std::filesystem::path& folder, const Bundle& bundle);
/// Throws UsageError naming the file where bundle.json or a head's file is missing, damaged, or of another version.
Bundle read_bundle(const std::filesystem::path& folder);
/// The head with its weights and its calibration. Throws UsageError naming the folder and what is wrong, e.g. another
/// number of classes.
std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const BundleHead& head, int n_classes);

}  // namespace hitscope::apps::runs
