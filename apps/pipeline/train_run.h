// `hitscope train`: heads fitted and judged on the same rows, labels and split.
//
// The run folder: bundle.json (written last), HEAD.safetensors and their companions, HEAD.history.json (epochs),
// metrics.json, leaderboard.txt, predictions.csv (one line per catalogue row), split.csv, report.html, MODEL_CARD.md,
// run.json (what was asked, with hashes of the inputs). The same command again continues at the last checkpoint, or
// prints the leaderboard where all is done.
// Thread safety: one run per folder; a second process is refused.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/pipeline/train_data.h"
#include "apps/pipeline/train_split.h"
#include "apps/pipeline/verb.h"
#include "models/head.h"

namespace hitscope::apps {

struct TrainRunConfig {
  TrainDataConfig data;
  std::filesystem::path folder;
  std::vector<std::string> heads;  ///< empty: all that the data allow
  SplitRequest split;
  models::FitOptions fit;       ///< its callbacks are set here
  int n_threads = 0;            ///< 0: one per core
  bool compare_splits = false;  ///< fit under a random split too, in FOLDER/random-split, and print both
};

/// Prints its findings on standard output. Throws UsageError for input that cannot be trained on.
ExitCode run_train(const TrainRunConfig& config);

}  // namespace hitscope::apps
