// What training on one split has found: the values that reports and tables are made of.
// Thread safety: plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/examples/train_split.h"
#include "models/evaluation/audit.h"
#include "models/evaluation/importance.h"
#include "models/evaluation/leaderboard.h"
#include "models/head.h"

namespace hitscope::apps::runs {

/// What a split run found. Members by test row follow `test`.
struct SplitResult {
  models::data::SplitKind kind = models::data::SplitKind::kRandom;
  models::data::LabelScheme labels;
  models::data::Targets targets;  ///< by example, as `labels` give them
  models::data::Split split;
  std::vector<std::size_t> test;   ///< numbers of the test rows among the examples
  std::vector<std::string> facts;  ///< for people
  std::vector<models::evaluation::Finding> findings;
  models::evaluation::Leaderboard board;
  std::map<std::string, models::FitSummary> histories;
  std::map<std::string, models::data::Predictions> predictions;  ///< each head's, of the test rows
  std::map<std::string, std::vector<models::evaluation::Importance>> importances;
  std::map<std::string, std::vector<std::string>> files;  ///< of each head, in the folder
  std::string settings_json;                              ///< run.json
};

}  // namespace hitscope::apps::runs
