// Reads and writes the run folder's bundle: what scoring needs of a training.
//
// bundle.json holds the labels, the front end with its hash, and the SHA-256 of every head's files. It is written last,
// so a folder that has one is complete. Reading checks all of it.
// Thread safety: plain values and free functions without shared state.
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
  std::vector<std::string> files;  ///< names of its files in the run folder
};

struct Bundle {
  std::string target_column;
  models::data::LabelScheme labels;                       ///< labels of all heads
  std::optional<spectrograms::RenderSettings> front_end;  ///< set if a head has spectrogram input
  std::vector<BundleHead> heads;                          ///< heads, best first
};

inline constexpr const char* kBundleFile = "bundle.json";

/// Writes bundle.json with the hashes of the heads' files, which must already be in the folder.
void write_bundle(const std::filesystem::path& folder, const Bundle& bundle);
/// Reads bundle.json and checks the heads' files. Throws UsageError naming a file that is missing, damaged or of
/// another version.
Bundle read_bundle(const std::filesystem::path& folder);
/// Loads a head with its weights and its calibration. Throws UsageError naming the folder and what is wrong, such as
/// another number of classes.
std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const BundleHead& head, int n_classes);

}  // namespace hitscope::apps::runs
