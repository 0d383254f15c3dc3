// Metrics of an order: how well scores rank what they should, with scikit-learn 1.2's and SciPy's definitions and ties.
//
// Where those raise or warn because a value is not defined, and where a score is NaN, the answer is NaN. Curves have no
// such answer: they throw std::invalid_argument for a NaN. So does everything for lengths that differ.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hitscope::models::evaluation {

/// Both areas at the cost of one sort.
struct RankingScores {
  double roc_auc = 0.0;
  double average_precision = 0.0;
};
RankingScores ranking_scores(const std::vector<bool>& positive, std::span<const double> scores);

/// Area under the ROC curve; NaN without a positive or without a negative.
double roc_auc(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Sum over thresholds of (recall step) * precision; NaN without a positive.
double average_precision(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Spearman's rank correlation, ties given their mean rank; NaN where one side is constant.
double spearman(std::span<const double> a, std::span<const double> b);
/// Kendall's tau-b in O(n log n); NaN where one side is constant.
double kendall(std::span<const double> a, std::span<const double> b);
/// scikit-learn's ndcg_score of one list: gains are `relevance` (>= 0), discount 1 / log2(rank + 1), ties in scores
/// averaged; k of 0 is all. 0 where no relevance is positive. Throws std::invalid_argument for a negative relevance.
double ndcg(std::span<const double> relevance, std::span<const double> scores, std::size_t k = 0);
/// Share of the k most relevant items that are among the k best scored ones, ties by position; NaN for k of 0 or more
/// than there are.
double recall_at_k(std::span<const double> relevance, std::span<const double> scores, std::size_t k);

/// scikit-learn's roc_curve(drop_intermediate=true), precision_recall_curve and calibration_curve.
struct RocCurve {
  std::vector<double> fpr;         ///< NaN without a negative
  std::vector<double> tpr;         ///< NaN without a positive
  std::vector<double> thresholds;  ///< falling; the first is the largest score + 1
};
RocCurve roc_curve(const std::vector<bool>& positive, const std::vector<double>& scores);

struct PrecisionRecallCurve {
  std::vector<double> precision;   ///< one more than thresholds, the last 1
  std::vector<double> recall;      ///< one more than thresholds, the last 0; without a positive all 1 before it
  std::vector<double> thresholds;  ///< rising
};
PrecisionRecallCurve precision_recall_curve(const std::vector<bool>& positive, const std::vector<double>& scores);

struct CalibrationCurve {
  std::vector<double> predicted;   ///< mean probability of a bin; empty bins are left out
  std::vector<double> fraction;    ///< share of positives in it
  std::vector<std::size_t> count;  ///< rows in it
};
/// Bins of equal width on [0, 1] (strategy="uniform"). Throws std::invalid_argument for a value outside, or no bins.
CalibrationCurve calibration_curve(const std::vector<bool>& positive, const std::vector<double>& probabilities,
                                   int n_bins);

}  // namespace hitscope::models::evaluation
