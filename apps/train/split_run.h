// One split's training in one folder: heads fitted, judged on the same test rows, audited, written.
//
// Every head leaves HEAD.history.json when it is fitted; the same run again takes it up, or goes on at its checkpoint.
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
  /// `settings_json` is what run.json must say: a folder that says something else is refused (UsageError).
  SplitRun(const examples::TrainData& data, const HeadRequest& heads, models::data::Split split,
           models::data::SplitKind kind, std::uint64_t seed, std::filesystem::path folder, std::string settings_json);
  ~SplitRun();
  SplitRun(const SplitRun&) = delete;
  SplitRun& operator=(const SplitRun&) = delete;

  /// Facts and findings are there from the start, before any head is fitted.
  const runs::SplitResult& result() const;
  /// Fits and judges; false where Ctrl-C stopped it. `with_importance` takes as many predictions as there are columns.
  bool run(bool with_importance);
  /// split.csv, predictions.csv, metrics.json, leaderboard.{txt,csv,json}, audit.json; files that are there and equal
  /// stay as they are.
  void write_numbers() const;
  models::Head& head(const std::string& name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::apps::train
