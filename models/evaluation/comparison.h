// How sure a score is, and whether one head is better than another: bootstrap over groups, McNemar's test.
//
// Rows of one artist are not independent: whole groups are drawn, with replacement, seeded. As many groups are drawn as
// there are; an interval runs from the 2.5 to the 97.5 percentile of kBootstrapRounds rounds, NaN where a round is not
// defined. Predictions are classes, values of a regression, or scores of one class.
// All throw std::invalid_argument for no rows, lengths that differ, or a class outside 0..n_classes-1.
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

/// What a head's accuracy is worth beside the majority predictor's.
struct Uncertainty {
  Interval accuracy;           ///< 95 %
  Interval macro_f1;           ///< 95 %
  Interval advantage;          ///< 95 %, accuracy minus the majority predictor's on the same resampled rows
  Interval balanced_accuracy;  ///< 95 %
  Interval over_chance;  ///< 95 %, balanced accuracy minus 1 / classes with targets, among the same resampled rows
  bool beats_majority() const { return advantage.low > 0.0; }
  bool tells_classes_apart() const { return over_chance.low > kRounding; }

  static constexpr double kRounding = 1e-12;  ///< a mean of recalls that are all chance may differ from it by this
};

/// groups[i] belongs to targets[i]; an empty group is one of its own. `predicted` are classes. `majority` is the class
/// that the majority predictor always answers.
Uncertainty bootstrap(std::span<const int> targets, std::span<const int> predicted, int n_classes, int majority,
                      std::span<const std::string> groups, std::uint64_t seed);

/// The same for a regression.
struct RegressionUncertainty {
  Interval r2;         ///< 95 %
  Interval mae;        ///< 95 %
  Interval rmse;       ///< 95 %
  Interval spearman;   ///< 95 %
  Interval advantage;  ///< 95 %, how much smaller the MAE is than that of always answering `mean`
  bool beats_mean() const { return advantage.low > 0.0; }
};
RegressionUncertainty bootstrap(std::span<const double> targets, std::span<const double> predicted, double mean,
                                std::span<const std::string> groups, std::uint64_t seed);

/// 95 % of the ROC AUC. Throws std::invalid_argument for a NaN too.
Interval roc_auc_interval(const std::vector<bool>& positive, std::span<const double> scores,
                          std::span<const std::string> groups, std::uint64_t seed);

/// McNemar's test of the rows that one head alone has right: exact binomial, two-sided; from 25 such rows on, chi² with
/// continuity correction, which is left out where both counts are equal (p = 1, as R does).
double mcnemar_p(std::size_t only_a_correct, std::size_t only_b_correct);

/// Head A against head B on the same rows.
struct PairedComparison {
  double accuracy_difference = 0.0;  ///< A minus B
  double macro_f1_difference = 0.0;
  Interval accuracy_interval;  ///< 95 %, paired bootstrap over groups
  Interval macro_f1_interval;
  std::size_t only_a_correct = 0;
  std::size_t only_b_correct = 0;
  double mcnemar_p = 1.0;  ///< see mcnemar_p(); of rows, which knows no groups
};
PairedComparison compare(std::span<const int> targets, std::span<const int> predicted_a,
                         std::span<const int> predicted_b, int n_classes, std::span<const std::string> groups,
                         std::uint64_t seed);

}  // namespace hitscope::models::evaluation
