// Reads and writes the run folder's bundle: what scoring needs of a training.
//
// bundle.json holds the labels, the front end with its hash, and the SHA-256 of every head's files. It is written last,
// so a folder that has one is complete. The files of a head
// are checked when they are read.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <filesystem>
#include <map>
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
  std::map<std::string, std::string> files;  ///< names of its files in the run folder, with their SHA-256
  bool is_as_good = false;                   ///< whether it is as good within chance as the best one
};

struct Bundle {
  std::string target_column;
  models::data::LabelScheme labels;                       ///< labels of all heads
  std::optional<spectrograms::RenderSettings> front_end;  ///< set if a head has spectrogram input
  std::vector<BundleHead> heads;                          ///< heads, best first
};

inline constexpr const char* kBundleFile = "bundle.json";

/// Writes bundle.json.
void write_bundle(const std::filesystem::path& folder, const Bundle& bundle);
/// The entry of a head whose files are in the folder. Throws UsageError for a name that is not one of the head's.
BundleHead bundle_head(const std::filesystem::path& folder, const std::string& head,
                       const std::vector<std::string>& files);
/// Reads bundle.json. Throws UsageError if it is missing, damaged or of another version.
Bundle read_bundle(const std::filesystem::path& folder);
/// These files of a head, which the file `named_by` of the folder names. Throws UsageError or InputError naming a file
/// that is missing, or not one of the head's.
models::HeadFiles read_files(const std::filesystem::path& folder, const std::string& head,
                             const std::vector<std::string>& files, const std::string& named_by);
/// The same for all files of a bundle's head; throws, too, where one is not the file that training wrote.
models::HeadFiles read_files(const std::filesystem::path& folder, const BundleHead& head);
/// A head with its weights and its calibration from `files`, which were read from `folder`. Throws UsageError naming
/// the folder and what is wrong, such as another number of classes.
std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const std::string& head,
                                        const models::HeadFiles& files, int n_classes);

}  // namespace hitscope::apps::runs
