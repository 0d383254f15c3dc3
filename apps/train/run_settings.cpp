#include "apps/train/run_settings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/examples/examples_hash.h"
#include "apps/examples/label_request.h"
#include "apps/shell/settings_json.h"
#include "apps/shell/workers.h"
#include "apps/train/limits.h"
#include "apps/train/warm_start.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "ingest/sha256.h"
#include "models/heads/heads.h"

namespace hitscope::apps::train {
namespace {

using nlohmann::ordered_json;

constexpr int kRunFormat = 4;  // version of run.json

void add_spectrograms(ordered_json& j, const spectrograms::SpectrogramStore& store) {
  std::string indices;
  for (const auto& index : store.index_files()) {
    indices += ingest::read_beneath(index.parent_path(), index.filename(), ingest::kMostWeightBytes);
  }
  j["index_sha256"] = ingest::sha256_hex(indices);
  j["front_end_hash"] = front_end_hash(store.settings());
}

}  // namespace

std::string run_settings(const TrainRunConfig& config, const examples::TrainData& data, const std::string& split) {
  const examples::TrainDataConfig& d = config.data;
  ordered_json j{{"format_version", kRunFormat},
                 {"tables_sha256", hash_of_files(examples::with_roles(d))},
                 {"examples_sha256", examples_hash(data)},
                 {"index_sha256", nullptr},
                 {"front_end_hash", nullptr},
                 {"target", data.target_column},
                 {"labels", to_string(data.labels)},
                 {"features", d.features.use},
                 {"no_features", d.features.leave},
                 {"rows", data.examples.n_rows},
                 {"split", split},
                 {"group_column", data.group_column},
                 {"date_column", data.date_column},
                 {"id_column", d.roles.id},
                 {"artist_column", d.roles.artist},
                 {"split_column", d.roles.split},
                 {"test_fold", config.split.test_fold},
                 {"test_fraction", config.split.config.test_fraction},
                 {"validation_fraction", config.split.config.validation_fraction},
                 {"seed", config.split.config.seed},
                 {"heads", chosen_heads(config.heads, data)},
                 {"processes", config.place ? config.place->size : 1},
                 {"threads", shell::resolved_threads(config.n_threads)}};
  models::FamilyOptions families = config.heads.fit.families;
  for (const models::OptionGroup& group : models::heads::option_groups(families)) {
    j.update(shell::settings_json(group.settings));
  }
  j.update(shell::settings_json(config.heads.calibration));
  if (!config.heads.warm_start.empty()) {
    j["warm_start_sha256"] = WarmStart(config.heads.warm_start, data).sha256();
  }
  if (data.store) add_spectrograms(j, *data.store);
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

bool claim_folder(const std::filesystem::path& folder, const std::string& settings, const ordered_json& limits) {
  const std::filesystem::path path = folder / "run.json";
  if (!ingest::has_entry(folder, "run.json")) {
    ingest::write_file(path, settings);
    return false;
  }
  const std::string found = ingest::read_beneath(folder, "run.json", ingest::kMostJsonBytes);
  if (found == settings) return false;
  std::string differences;
  ordered_json theirs;
  try {
    theirs = dsp::parse_json<ordered_json>(found);
  } catch (const dsp::JsonError& e) {
    throw shell::UsageError(path.string() + ": " + e.what() + "; use another `out`");
  }
  const auto ours = ordered_json::parse(settings);
  for (const auto& [key, value] : ours.items()) {
    if (limits.contains(key)) continue;
    const std::string there = theirs.is_object() && theirs.contains(key) ? theirs[key].dump() : "missing";
    if (there != value.dump()) differences += fmt::format(" {} is {} there and {} now;", key, there, value.dump());
  }
  for (const auto& [key, value] : theirs.items()) {
    if (!ours.contains(key)) differences += fmt::format(" {} is {} there and not given now;", key, value.dump());
  }
  if (differences.empty() && without_limits(theirs.dump(), limits) == without_limits(settings, limits)) return true;
  throw shell::UsageError(path.string() + ": the folder holds a run with other settings:" + differences +
                          " use another `out`");
}

}  // namespace hitscope::apps::train
