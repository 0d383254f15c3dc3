// `hitscope train`: heads fitted and judged on the same rows, labels and split.
//
// The run folder: bundle.json (written last), HEAD.safetensors and their companions, HEAD.history.json (epochs, time),
// metrics.json, leaderboard.{txt,csv,json}, audit.json, predictions.csv (one line per row of the table), split.csv,
// schema.json, report.html, MODEL_CARD.md, run.json (what was asked, with hashes of the inputs), tensorboard/HEAD/
// (event files, where asked for). Other splits and folds go to folders inside it. The same command again continues at
// the last checkpoint, or prints the leaderboard where all is done. Thread safety: one run per folder; a second process
// is refused.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "apps/examples/train_split.h"
#include "apps/shell/verb.h"
#include "apps/train/split_run.h"
#include "models/neural/ranks/rank_place.h"

namespace hitscope::apps::train {

struct TrainRunConfig {
  examples::TrainDataConfig data;
  std::filesystem::path folder;
  HeadRequest heads;
  examples::SplitRequest split;
  int n_threads = 0;            ///< 0: one per core
  int n_folds = 0;              ///< 0: no cross-validation
  bool compare_splits = false;  ///< fit under every other split that the data allow too, and print them side by side
  std::optional<models::neural::ranks::RankPlace>
      place;                         ///< among processes that train together; empty: this one alone
  std::vector<std::string> command;  ///< as it was typed, for the report
};

/// Prints its findings on standard output. Throws UsageError for input that cannot be trained on.
shell::ExitCode run_train(const TrainRunConfig& config);

}  // namespace hitscope::apps::train
