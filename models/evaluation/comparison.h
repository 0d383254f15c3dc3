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
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"

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

/// Intervals of what probabilities say of the classes, whichever class is the most probable. NaN without probabilities.
struct ProbabilityUncertainty {
  static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Interval roc_auc{kNan, kNan};        ///< 95 %, as Scores::roc_auc; NaN for more than kMostClasses
  Interval log_loss{kNan, kNan};       ///< 95 %
  Interval brier{kNan, kNan};          ///< 95 %, as Scores::brier
  Interval log_loss_gain{kNan, kNan};  ///< 95 %, log loss of always predicting the classes' shares, minus the head's
  Interval brier_gain{kNan, kNan};     ///< 95 %, the same of the Brier score
  bool ranks_above_chance() const { return roc_auc.low > 0.5; }
  bool knows_more_than_shares() const { return log_loss_gain.low > Uncertainty::kRounding; }

  static constexpr int kMostClasses = 20;  ///< a round costs n_classes times n_rows
};
/// Intervals for the probabilities `predicted` [n_rows, n_classes]. A class that a round has no row of is left out of
/// its mean.
ProbabilityUncertainty bootstrap(std::span<const int> targets, const data::Probabilities& predicted,
                                 std::span<const std::string> groups, std::uint64_t seed);

/// Intervals of a head's scores for a regression, and of its lead over the best constant. The best constant is another
/// for each measure: the mean for R² and RMSE, the median for MAE.
struct RegressionUncertainty {
  Interval r2;        ///< 95 %; R² is the lead over the mean
  Interval mae;       ///< 95 %
  Interval rmse;      ///< 95 %
  Interval spearman;  ///< 95 %
  Interval mae_gain;  ///< 95 %, MAE of always predicting the median, minus the head's MAE
  bool beats_mean() const { return r2.low > 0.0; }
  bool beats_median() const { return mae_gain.low > 0.0; }
};
/// Intervals for predicted values; `median` is what MAE is held against.
RegressionUncertainty bootstrap(std::span<const double> targets, std::span<const double> predicted, double median,
                                std::span<const std::string> groups, std::uint64_t seed);

/// The 95 % interval of the ROC AUC. Throws std::invalid_argument for a NaN too.
Interval roc_auc_interval(const std::vector<bool>& positive, std::span<const double> scores,
                          std::span<const std::string> groups, std::uint64_t seed);

/// The 95 % interval of the mean of `values` [n_rows], such as differences of two heads.
Interval mean_interval(std::span<const double> values, std::span<const std::string> groups, std::uint64_t seed);

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

/// The comparison of predicted values A with B on the same rows.
struct PairedValueComparison {
  double r2_difference = 0.0;   ///< A minus B
  double mae_difference = 0.0;  ///< A minus B: below 0, A errs less
  Interval r2_interval;         ///< 95 %, paired bootstrap over groups
  Interval mae_interval;
};
/// Compares the values that heads A and B predict; NaN where one is not finite.
PairedValueComparison compare_values(std::span<const double> targets, std::span<const double> predicted_a,
                                     std::span<const double> predicted_b, std::span<const std::string> groups,
                                     std::uint64_t seed);

}  // namespace hitscope::models::evaluation
