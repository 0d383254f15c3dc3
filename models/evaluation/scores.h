// Every score of a leaderboard row, listed once: its name in files and on screen, its value and its interval.
//
// metrics.json, the leaderboard as text, CSV and JSON, the tables of folds and of splits and the report are made by
// walking these lists, in their order. A new score is a member of Scores or RegressionScores and a row here.
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
  kSplits,       ///< the comparison of splits, and all folds' test rows together: has an interval
};

struct ScoreInfo {
  std::string_view key;    ///< in JSON and CSV; its interval is `key` + "_95"
  std::string_view title;  ///< the head of its column
  bool higher_is_better = true;
  bool is_main = false;      ///< what leaderboards are sorted by; one of each list
  bool needs_order = false;  ///< NaN unless classes are ordered
  ShortestList shortest = ShortestList::kFiles;
  double (*value)(const LeaderboardRow& row) = nullptr;
  Interval (*interval)(const LeaderboardRow& row) = nullptr;  ///< 95 %; nullptr where there is none
};

/// Of a leaderboard of classes.
std::span<const ScoreInfo> class_scores();
/// Of a regression's leaderboard.
std::span<const ScoreInfo> value_scores();
/// class_scores() or value_scores().
std::span<const ScoreInfo> scores_of(bool is_regression);
/// OrderScores, which rows of both kinds have; none of them is the main score.
std::span<const ScoreInfo> order_scores();

/// Macro-F1 of classes, R² of values.
const ScoreInfo& main_score(bool is_regression);

/// 95 % interval of the lead over always answering the majority class (in accuracy) or the mean (in MAE).
Interval advantage(const LeaderboardRow& row, bool is_regression);
/// Whether that whole interval is above 0; false of a baseline.
bool beats_baseline(const LeaderboardRow& row, bool is_regression);

}  // namespace hitscope::models::evaluation
