// Every score of a leaderboard row, listed once: its name in files and on screen, its value and its interval.
//
// metrics.json, the leaderboard as text, CSV and JSON, the tables of folds and of splits and the report are all made
// from these lists, in their order. To add a score, add a member to Scores or RegressionScores and a row here.
// Thread safety: constant tables and free functions without shared state.
#pragma once

#include <span>
#include <string_view>

#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

/// The shortest list that shows a score; every longer list shows it too.
enum class ShortestList {
  kFiles,        ///< metrics.json, leaderboard.txt, .csv and .json, the report
  kLeaderboard,  ///< the leaderboard on a terminal, as far as its width allows
  kFolds,        ///< the table of a cross-validation's folds
  kSplits,       ///< the comparison of splits and the pooled folds; such a score has an interval
};

struct ScoreInfo {
  std::string_view key;    ///< name in JSON and CSV; its interval is called `key` + "_95"
  std::string_view title;  ///< heading of its column
  bool higher_is_better = true;
  bool is_main = false;      ///< leaderboards are sorted by this score; one per list of classes or values
  bool needs_order = false;  ///< NaN unless classes are ordered
  ShortestList shortest = ShortestList::kFiles;
  double (*value)(const LeaderboardRow& row) = nullptr;
  Interval (*interval)(const LeaderboardRow& row) = nullptr;  ///< 95 % interval; nullptr if it has none
};

/// The scores of heads for classes.
std::span<const ScoreInfo> class_scores();
/// The scores of heads for a regression.
std::span<const ScoreInfo> value_scores();
/// value_scores() for a regression, else class_scores().
std::span<const ScoreInfo> scores_of(bool is_regression);
/// The scores of OrderScores, for both kinds of leaderboard; none of them is the main score.
std::span<const ScoreInfo> order_scores();

/// The main score: macro-F1 for classes, R² for a regression.
const ScoreInfo& main_score(bool is_regression);

/// The 95 % interval of the lead over always predicting the majority class (in accuracy) or the mean (in MAE).
Interval advantage(const LeaderboardRow& row, bool is_regression);
/// Whether that whole interval is above 0; false of a baseline.
bool beats_baseline(const LeaderboardRow& row, bool is_regression);

}  // namespace hitscope::models::evaluation
