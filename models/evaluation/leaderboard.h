// The leaderboard as values: baselines first, then heads, each with its scores, intervals and cost. Its text is made
// elsewhere.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {

/// How well a head ranks rows by a numeric target (popularity), whatever it was trained on; a head for classes ranks by
/// its expected class. NaN if the target is not a number or is negative.
struct OrderScores {
  double spearman = 0.0;
  double kendall = 0.0;
  double ndcg_10 = 0.0;            ///< nDCG@10 with the target as gain
  double ndcg_100 = 0.0;           ///< nDCG@100, or of all rows if there are fewer
  double recall_top_decile = 0.0;  ///< share of the top tenth of rows that are in the head's top tenth
};

/// The cost of a head. It differs between runs and is therefore not in metrics.json.
struct Cost {
  double fit_s = 0.0;
  double predict_s = 0.0;  ///< seconds to predict all test rows
  std::size_t n_bytes = 0;
  std::size_t n_parameters = 0;
};

/// What the test rows say of predicted classes.
struct ClassResult {
  Scores scores;
  Uncertainty uncertainty;
  ProbabilityUncertainty of_probabilities{};
};

/// What the test rows say of predicted values.
struct ValueResult {
  RegressionScores scores;
  RegressionUncertainty uncertainty;
};

using Result = std::variant<ClassResult, ValueResult>;

struct LeaderboardRow {
  std::string name{};
  bool is_baseline = false;
  Result result;             ///< of the same kind in all rows of a leaderboard
  std::size_t n_rows = 0;    ///< test rows
  std::size_t n_groups = 0;  ///< groups of test rows, see count_groups(); 0: the rows have none
  OrderScores ranking{};
  Cost cost{};
  std::string note{};  ///< of the head's fit, such as an approximation; empty: none
};

/// The comparison of heads `a` and `b` on the same test rows.
struct HeadPair {
  std::string a;
  std::string b;
  std::variant<PairedComparison, PairedValueComparison> comparison;
};

struct Leaderboard {
  std::vector<LeaderboardRow> rows;
  std::vector<HeadPair> pairs;          ///< of every two heads; of more than eight, of each with the best
  std::vector<std::string> carrying;    ///< the column or columns that carry the score, see carrying_column.h
  std::vector<LeaderboardRow> without;  ///< of the heads that read the table, fitted without those
  std::vector<std::string> class_names;
  bool is_ordered = false;
  bool has_leak = false;  ///< the audit found a leak: no head gets an unqualified "yes"
  bool is_clean = true;   ///< the audit's verdict: no leak, and it is known which rows belong together
};

/// Sorts the rows: baselines in their order, then heads by the main score, best first, NaN last.
void sort_leaderboard(Leaderboard& board);

}  // namespace hitscope::models::evaluation
