// The training of one split in one folder: fits heads, scores them on the same test rows, audits them and writes the
// results.
//
// A fitted head leaves HEAD.history.json, with which the same run again skips its fit; an interrupted one continues at
// its checkpoint.
// Thread safety: one run per folder; a second process is refused.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "apps/examples/train_split.h"
#include "apps/runs/split_result.h"
#include "apps/train/head_choice.h"
#include "models/evaluation/audit.h"
#include "models/evaluation/calibration.h"
#include "models/evaluation/importance.h"
#include "models/head.h"

namespace hitscope::apps::train {

class SplitRun {
 public:
  /// `settings_json` is the text of run.json; a folder with another one is refused (UsageError) unless only limits
  /// differ.
  SplitRun(const examples::TrainData& data, const HeadRequest& heads, models::data::Split split,
           models::data::SplitKind kind, std::uint64_t seed, std::filesystem::path folder, std::string settings_json);
  ~SplitRun();
  SplitRun(const SplitRun&) = delete;
  SplitRun& operator=(const SplitRun&) = delete;

  /// The results; facts and findings are set before any head is fitted.
  const runs::SplitResult& result() const;
  /// Fits and scores the heads; false if Ctrl-C stopped it. `is_main`: the run's own split, not one that is compared or
  /// a fold: also computes importances, which costs a prediction per column, and keeps the last states of networks.
  bool run(bool is_main);
  /// Writes split.csv, predictions.csv, metrics.json, leaderboard.{txt,csv,json} and audit.json; files with equal
  /// contents are not written again.
  void write_numbers() const;
  /// Whether the folder held the run of a command with other limits.
  bool has_other_limits() const;
  models::Head& head(const std::string& name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::apps::train
