#include "apps/runs/run_folder.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/shell/verb.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/sha256.h"
#include "models/head_files.h"
#include "models/heads/calibrated_head.h"
#include "models/heads/heads.h"

namespace hitscope::apps::runs {
namespace {

using nlohmann::ordered_json;
constexpr int kFormatVersion = 3;

}  // namespace

void write_bundle(const std::filesystem::path& folder, const Bundle& bundle) {
  ordered_json j{{"format_version", kFormatVersion},
                 {"labels",
                  {{"column", bundle.target_column},
                   {"class_names", bundle.labels.class_names()},
                   {"scheme", ordered_json::parse(bundle.labels.to_json())}}},
                 {"front_end", nullptr},
                 {"heads", ordered_json::array()}};
  if (bundle.front_end) j["front_end"] = ordered_json::parse(to_json(*bundle.front_end));
  for (const BundleHead& head : bundle.heads) {
    ordered_json files = ordered_json::array();
    for (const auto& [file, sha256] : head.files) files.push_back({{"name", file}, {"sha256", sha256}});
    j["heads"].push_back({{"name", head.name}, {"files", files}, {"as_good_as_best", head.is_as_good}});
  }
  ingest::write_file(folder / kBundleFile, j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

Bundle read_bundle(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kBundleFile;
  if (!std::filesystem::is_directory(folder) || !ingest::has_entry(folder, kBundleFile)) {
    const bool is_begun = std::filesystem::is_directory(folder) && ingest::has_entry(folder, "run.json");
    throw shell::UsageError(path.string() + ": is missing; " +
                            (is_begun ? "the training did not finish, and the same train command continues it"
                                      : "a run folder, which train makes, is needed"));
  }
  const std::string text = ingest::read_beneath(folder, kBundleFile, ingest::kMostJsonBytes);
  try {
    const ordered_json j = dsp::parse_json<ordered_json>(text);
    if (j.at("format_version") != kFormatVersion) {
      throw shell::UsageError(fmt::format("format_version is {}; this hitscope reads {}; train again",
                                          j.at("format_version").dump(), kFormatVersion));
    }
    const auto& labels = j.at("labels");
    Bundle bundle{
        labels.at("column"), models::data::LabelScheme::from_json(labels.at("scheme").dump()), std::nullopt, {}};
    if (!j.at("front_end").is_null())
      bundle.front_end = spectrograms::settings_from_json(j["front_end"].dump(), "front_end");
    for (const auto& head : j.at("heads")) {
      BundleHead read{head.at("name"), {}, head.value("as_good_as_best", false)};
      for (const auto& file : head.at("files")) read.files[file.at("name")] = file.at("sha256");
      bundle.heads.push_back(std::move(read));
    }
    return bundle;
  } catch (const std::exception& e) {
    throw shell::UsageError(path.string() + ": " + e.what());
  }
}

BundleHead bundle_head(const std::filesystem::path& folder, const std::string& head,
                       const std::vector<std::string>& files) {
  BundleHead entry{head, {}, false};
  for (const auto& [file, bytes] : read_files(folder, head, files, kBundleFile))
    entry.files[file] = ingest::sha256_hex(bytes);
  return entry;
}

models::HeadFiles read_files(const std::filesystem::path& folder, const std::string& head,
                             const std::vector<std::string>& files, const std::string& named_by) {
  models::HeadFiles read;
  for (const std::string& file : files) {
    if (!models::is_file_of(head, file)) {
      throw shell::UsageError(
          fmt::format("{}: '{}' is no file that head {} writes", (folder / named_by).string(), file, head));
    }
    read[file] = ingest::read_beneath(folder, file, ingest::kMostWeightBytes);
  }
  return read;
}

models::HeadFiles read_files(const std::filesystem::path& folder, const BundleHead& head) {
  std::vector<std::string> names;
  for (const auto& [file, sha256] : head.files) names.push_back(file);
  models::HeadFiles files = read_files(folder, head.name, names, kBundleFile);
  for (const auto& [file, sha256] : head.files) {
    if (ingest::sha256_hex(files.at(file)) == sha256) continue;
    throw shell::UsageError((folder / file).string() +
                            " is not the file that train wrote (its SHA-256 differs); train again");
  }
  return files;
}

std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const std::string& head,
                                        const models::HeadFiles& files, int n_classes) {
  try {
    auto loaded = models::heads::with_calibration_of(models::heads::make_head(head), files);
    loaded->load(files);
    if (loaded->n_classes() != n_classes) {
      throw std::runtime_error("head " + head + " has " + std::to_string(loaded->n_classes()) + " classes, but " +
                               kBundleFile + " names " + std::to_string(n_classes));
    }
    return loaded;
  } catch (const std::exception& e) {
    throw shell::UsageError(folder.string() + ": " + e.what());
  }
}

}  // namespace hitscope::apps::runs
