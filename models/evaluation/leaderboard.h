// The leaderboard as values: baselines first, then heads, each with its interval, what it costs and the verdict.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {

/// How well a head orders rows by a numeric target (popularity), whatever it was trained on: classes count with their
/// expected number. NaN where the target is no number, or less than 0.
struct OrderScores {
  double spearman = 0.0;
  double kendall = 0.0;
  double ndcg_10 = 0.0;            ///< nDCG@10, gains being the target
  double ndcg_100 = 0.0;           ///< nDCG@100; of all rows where there are fewer
  double recall_top_decile = 0.0;  ///< share of the top tenth of rows that is in the head's top tenth
};

/// What a head costs. Differs between runs, so it is no part of metrics.json.
struct Cost {
  double fit_s = 0.0;
  double predict_s = 0.0;  ///< of all test rows
  std::size_t n_bytes = 0;
  std::size_t n_parameters = 0;
};

struct LeaderboardRow {
  std::string name;
  bool is_baseline = false;
  Scores scores;  ///< of classes
  Uncertainty uncertainty;
  RegressionScores values;  ///< of a regression
  RegressionUncertainty values_uncertainty;
  OrderScores ranking;
  Cost cost;
};

/// Two heads on the same test rows.
struct HeadPair {
  std::string a;
  std::string b;
  PairedComparison comparison;
};

struct Leaderboard {
  std::vector<LeaderboardRow> rows;
  std::vector<HeadPair> pairs;
  std::vector<std::string> class_names;
  bool is_regression = false;
  bool is_ordered = false;
  bool is_clean = true;  ///< the audit found no leak; else no row gets a clean "yes"
};

/// Baselines in their order, then heads by main_score(), best first; where that is NaN, last.
void sort_leaderboard(Leaderboard& board);

}  // namespace hitscope::models::evaluation
