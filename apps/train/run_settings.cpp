#include "apps/train/run_settings.h"

#include <nlohmann/json.hpp>

#include "apps/examples/examples_hash.h"
#include "apps/examples/label_request.h"
#include "apps/shell/settings_json.h"
#include "apps/shell/workers.h"
#include "apps/train/warm_start.h"
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

}  // namespace hitscope::apps::train
