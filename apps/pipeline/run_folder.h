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

#include "apps/pipeline/render_settings.h"
#include "models/head.h"

namespace hitscope::apps {

struct BundleHead {
  std::string name;
  std::vector<std::string> files;  ///< in the run folder
};

struct Bundle {
  std::string target_column;
  std::vector<std::string> class_names;
  std::vector<double> thresholds;           ///< empty for categories
  std::optional<RenderSettings> front_end;  ///< set where a head sees spectrograms
  std::vector<BundleHead> heads;            ///< best first
};

inline constexpr const char* kBundleFile = "bundle.json";

/// Writes bundle.json with the hashes of the heads' files, which must be in place.
void write_bundle(const std::filesystem::path& folder, const Bundle& bundle);
/// Throws UsageError naming the file where bundle.json or a head's file is missing, damaged, or of another version.
Bundle read_bundle(const std::filesystem::path& folder);
/// The head with its weights. Throws UsageError naming the folder and what is wrong, e.g. another number of classes.
std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const BundleHead& head,
                                        std::size_t n_classes);

/// The whole of a text file. Throws UsageError naming it where it cannot be read.
std::string read_text(const std::filesystem::path& path);

}  // namespace hitscope::apps
