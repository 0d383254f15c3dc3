// `hitscope train`: fits heads and scores them on the same rows, labels and split.
//
// The run folder holds bundle.json (written last), HEAD.safetensors and their companions, HEAD.history.json (epochs,
// time), HEAD.training.safetensors (the end of a network's
// training, to go on from), metrics.json, leaderboard.{txt,csv,json}, audit.json, predictions.csv (one line per row of
// the table), split.csv, schema.json, report.html, MODEL_CARD.md, run.json (the settings, with hashes of the inputs)
// and tensorboard/HEAD/ (event files, if asked for). Other splits and folds have folders inside it. The same command
// again continues at the last checkpoint, or prints the leaderboard if everything is done. Thread safety: one run per
// folder; a second process is refused.
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
  int n_threads = 0;            ///< threads of LibTorch; 0: one per core
  int n_folds = 0;              ///< folds of the cross-validation; 0: none
  bool compare_splits = false;  ///< also fit under the other splits that the data allow, and compare
  bool wide = false;            ///< print all columns of score tables, however wide
  std::optional<models::neural::ranks::RankPlace> place;  ///< place among ranks; empty: trains alone
  std::vector<std::string> command;                       ///< command line as typed, for the report

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = TrainRunConfig;
    visit(&C::folder,
          {.name = "out",
           .help = "run folder for weights, scores, predictions and the report; the same command continues a "
                   "run that was stopped",
           .value = "RUN",
           .is_identity = false,
           .is_required = true,
           .is_output = true});
    visit(&C::n_folds, {.name = "cv",
                        .help = "also cross-validate every head, with this many folds, 5 without a number; a column of "
                                "folds (`split_column`, `fold_from`) is taken as it is (default: no cross-validation)",
                        .value = "FOLDS",
                        .rule = dsp::between(2, 100),
                        .implied = "5",
                        .is_identity = false});
    visit(&C::compare_splits, {.name = "compare_splits",
                               .help = "also train on the other kinds of split that the data allow, and print the "
                                       "scores side by side",
                               .is_identity = false});
    visit(&C::wide, {.name = "wide",
                     .help = "print all columns of the leaderboard, even if lines become long",
                     .is_identity = false});
    visit(&C::n_threads, {.name = "threads",
                          .help = "number of CPU threads (default: one per core that the process may use)",
                          .rule = dsp::between(0, 1024),
                          .is_identity = false});
  }
};

/// Prints its results on standard output. Throws UsageError for input that cannot be trained on.
shell::ExitCode run_train(const TrainRunConfig& config);

}  // namespace hitscope::apps::train
