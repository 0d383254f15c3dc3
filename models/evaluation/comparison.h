// The uncertainty of scores, and whether one head is better than another: bootstrap over groups and McNemar's test.
//
// Rows of one artist are not independent, so whole groups are drawn with replacement, as many as there are. An interval
// runs from the 2.5th to the 97.5th percentile of kBootstrapRounds rounds; it is NaN if a round is not defined.
// Predictions are classes, values of a regression, or scores of one class. All spans are [n_rows]. All functions throw
// std::invalid_argument for no rows, lengths that differ, or a class outside 0..n_classes-1.
// Thread safety: free functions without shared state. Same seed: same intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

inline constexpr int kBootstrapRounds = 1000;

/// Intervals of a head's scores for classes, and of its lead over the majority predictor.
struct Uncertainty {
  Interval accuracy;           ///< 95 %
  Interval macro_f1;           ///< 95 %
  Interval advantage;          ///< 95 %, accuracy minus the majority predictor's on the same rows
  Interval balanced_accuracy;  ///< 95 %
  Interval over_chance;        ///< 95 %, balanced accuracy minus 1 / number of classes with rows in the round
  bool beats_majority() const { return advantage.low > 0.0; }
  bool tells_classes_apart() const { return over_chance.low > kRounding; }

  static constexpr double kRounding = 1e-12;  ///< allowance for rounding in a mean of recalls at chance level
};

/// Intervals for predicted classes. `groups` [n_rows] are the groups of the rows; an empty group is one of its own.
/// `majority` is the class that the majority predictor always predicts.
Uncertainty bootstrap(std::span<const int> targets, std::span<const int> predicted, int n_classes, int majority,
                      std::span<const std::string> groups, std::uint64_t seed);

/// Intervals of a head's scores for a regression, and of its lead over the mean.
struct RegressionUncertainty {
  Interval r2;         ///< 95 %
  Interval mae;        ///< 95 %
  Interval rmse;       ///< 95 %
  Interval spearman;   ///< 95 %
  Interval advantage;  ///< 95 %, MAE of always predicting the mean, minus the head's MAE
  bool beats_mean() const { return advantage.low > 0.0; }
};
/// Intervals for predicted values; `mean` is what the baseline always predicts.
RegressionUncertainty bootstrap(std::span<const double> targets, std::span<const double> predicted, double mean,
                                std::span<const std::string> groups, std::uint64_t seed);

/// The 95 % interval of the ROC AUC. Throws std::invalid_argument for a NaN too.
Interval roc_auc_interval(const std::vector<bool>& positive, std::span<const double> scores,
                          std::span<const std::string> groups, std::uint64_t seed);

/// The p-value of McNemar's test for the numbers of rows that only one of two heads has right: two-sided exact
/// binomial, from 25 such rows on chi² with continuity correction, which equal counts do without (p = 1, as in R).
double mcnemar_p(std::size_t only_a_correct, std::size_t only_b_correct);

/// The comparison of head A with head B on the same rows.
struct PairedComparison {
  double accuracy_difference = 0.0;  ///< A minus B
  double macro_f1_difference = 0.0;
  Interval accuracy_interval;  ///< 95 %, paired bootstrap over groups
  Interval macro_f1_interval;
  std::size_t only_a_correct = 0;
  std::size_t only_b_correct = 0;
  double mcnemar_p = 1.0;  ///< see mcnemar_p(); treats rows as independent
};
/// Compares the predicted classes of heads A and B on the same rows; all spans are [n_rows].
PairedComparison compare(std::span<const int> targets, std::span<const int> predicted_a,
                         std::span<const int> predicted_b, int n_classes, std::span<const std::string> groups,
                         std::uint64_t seed);

}  // namespace hitscope::models::evaluation
