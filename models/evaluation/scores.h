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
  std::string_view key;        ///< name in JSON and CSV; its interval is called `key` + "_95"
  std::string_view title;      ///< heading of its column
  std::string_view name{};     ///< name in a sentence; empty: `title`
  std::string_view meaning{};  ///< a phrase for the glossary
  bool higher_is_better = true;
  bool is_main = false;      ///< leaderboards are sorted by this score; one per list of classes or values
  bool needs_order = false;  ///< NaN unless classes are ordered
  ShortestList shortest = ShortestList::kFiles;
  double (*value)(const LeaderboardRow& row) = nullptr;
  Interval (*interval)(const LeaderboardRow& row) = nullptr;  ///< 95 % interval; nullptr if it has none
};

/// How heads for classes, or heads for values, are judged.
struct Measures {
  std::span<const ScoreInfo> scores;
  std::string_view beats_title;      ///< heading of the verdict: "beats majority"
  std::string_view advantage_title;  ///< heading of advantage()
  std::string_view beats_key;        ///< name of the verdict in files
  std::string_view advantage_key;    ///< name of advantage() in files

  /// The score by which leaderboards are sorted.
  const ScoreInfo& main() const;
  /// The score called `key`. Throws std::logic_error if there is none.
  const ScoreInfo& score(std::string_view key) const;
};

const Measures& class_measures();
const Measures& value_measures();
const Measures& measures_of(const Result& result);
/// Those of its rows; class_measures() without rows.
const Measures& measures_of(const Leaderboard& board);
/// The scores of OrderScores, for both kinds of leaderboard; none of them is the main score.
std::span<const ScoreInfo> order_scores();

/// The 95 % interval of the lead over the best constant: in accuracy over always answering the commonest class, in MAE
/// over always answering the median.
Interval advantage(const LeaderboardRow& row);

}  // namespace hitscope::models::evaluation
