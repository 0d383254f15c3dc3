#include "apps/pipeline/run_folder.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "apps/pipeline/verb.h"
#include "ingest/files.h"
#include "ingest/sha256.h"

namespace hitscope::apps {
namespace {

using nlohmann::ordered_json;
constexpr int kFormatVersion = 1;

}  // namespace

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path, error)) {
    throw UsageError(path.string() + ": is missing or cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bundle(const std::filesystem::path& folder, const Bundle& bundle) {
  ordered_json j{{"format_version", kFormatVersion},
                 {"labels",
                  {{"column", bundle.target_column},
                   {"scheme", bundle.thresholds.empty() ? "categories" : "thresholds"},
                   {"thresholds", bundle.thresholds},
                   {"class_names", bundle.class_names}}},
                 {"front_end", nullptr},
                 {"heads", ordered_json::array()}};
  if (bundle.front_end) j["front_end"] = ordered_json::parse(to_json(*bundle.front_end));
  for (const BundleHead& head : bundle.heads) {
    ordered_json files = ordered_json::array();
    for (const std::string& file : head.files) {
      files.push_back({{"name", file}, {"sha256", ingest::sha256_hex(read_text(folder / file))}});
    }
    j["heads"].push_back({{"name", head.name}, {"files", files}});
  }
  ingest::write_file(folder / kBundleFile, j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
}

Bundle read_bundle(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kBundleFile;
  const std::string text = read_text(path);
  Bundle bundle;
  try {
    const ordered_json j = ordered_json::parse(text);
    if (j.at("format_version") != kFormatVersion) throw UsageError("format_version is not 1");
    const auto& labels = j.at("labels");
    bundle.target_column = labels.at("column");
    bundle.class_names = labels.at("class_names").get<std::vector<std::string>>();
    bundle.thresholds = labels.at("thresholds").get<std::vector<double>>();
    if (!j.at("front_end").is_null()) bundle.front_end = settings_from_json(j["front_end"].dump(), "front_end");
    for (const auto& head : j.at("heads")) {
      BundleHead read{head.at("name"), {}};
      for (const auto& file : head.at("files")) {
        // A bundle from elsewhere must not make us read outside its folder.
        const std::string name = std::filesystem::path(file.at("name").get<std::string>()).filename();
        if (ingest::sha256_hex(read_text(folder / name)) != file.at("sha256").get<std::string>()) {
          throw UsageError((folder / name).string() + " is not the file that training wrote (sha256 differs)");
        }
        read.files.push_back(name);
      }
      bundle.heads.push_back(std::move(read));
    }
  } catch (const std::exception& e) {
    throw UsageError(path.string() + ": " + e.what());
  }
  return bundle;
}

std::unique_ptr<models::Head> load_head(const std::filesystem::path& folder, const BundleHead& head,
                                        std::size_t n_classes) {
  models::HeadFiles files;
  for (const std::string& file : head.files) files[file] = read_text(folder / file);
  try {
    auto loaded = models::make_head(head.name);
    loaded->load(files);
    if (static_cast<std::size_t>(loaded->n_classes()) != n_classes) {
      throw std::runtime_error("head " + head.name + " tells " + std::to_string(loaded->n_classes()) +
                               " classes apart, " + kBundleFile + " names " + std::to_string(n_classes));
    }
    return loaded;
  } catch (const std::exception& e) {
    throw UsageError(folder.string() + ": " + e.what());
  }
}

}  // namespace hitscope::apps
