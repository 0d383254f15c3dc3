// Ranking metrics and curves, with the definitions and the treatment of ties of scikit-learn 1.2 and SciPy.
//
// All arguments are [n_rows]. A metric is NaN if it is not defined (where the libraries raise or warn) and if a score
// is NaN; curves throw std::invalid_argument for a NaN. All functions throw std::invalid_argument for lengths that
// differ.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hitscope::models::evaluation {

/// Areas under the ROC and the precision-recall curve, computed with one sort.
struct RankingScores {
  double roc_auc = 0.0;
  double average_precision = 0.0;
};
/// Both areas of `scores` for `positive`; NaN as in roc_auc() and average_precision().
RankingScores ranking_scores(const std::vector<bool>& positive, std::span<const double> scores);

/// Area under the ROC curve; NaN without a positive or without a negative.
double roc_auc(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Sum over thresholds of (recall step) * precision; NaN without a positive.
double average_precision(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Spearman's rank correlation; ties have their mean rank. NaN if `a` or `b` is constant.
double spearman(std::span<const double> a, std::span<const double> b);
/// Kendall's tau-b in O(n log n); NaN if `a` or `b` is constant.
double kendall(std::span<const double> a, std::span<const double> b);
/// scikit-learn's ndcg_score of one list: gains are `relevance` (>= 0), discount 1 / log2(rank + 1), ties in scores
/// averaged; k of 0 means all. The result is 0 if no relevance is positive. Throws std::invalid_argument for a negative
/// relevance.
double ndcg(std::span<const double> relevance, std::span<const double> scores, std::size_t k = 0);
/// Share of the k most relevant items that are among the k best scored ones, ties by position; NaN for k of 0 or more
/// than there are.
double recall_at_k(std::span<const double> relevance, std::span<const double> scores, std::size_t k);

/// scikit-learn's roc_curve(drop_intermediate=true).
struct RocCurve {
  std::vector<double> fpr;         ///< NaN without a negative
  std::vector<double> tpr;         ///< NaN without a positive
  std::vector<double> thresholds;  ///< falling; the first is the largest score + 1
};
/// The curve of `scores` for `positive`; all vectors are [n_thresholds].
RocCurve roc_curve(const std::vector<bool>& positive, const std::vector<double>& scores);

struct PrecisionRecallCurve {
  std::vector<double> precision;   ///< one longer than thresholds; the last is 1
  std::vector<double> recall;      ///< one longer than thresholds; the last is 0; all others are 1 without a positive
  std::vector<double> thresholds;  ///< rising
};
/// scikit-learn's precision_recall_curve, of `scores` for `positive`.
PrecisionRecallCurve precision_recall_curve(const std::vector<bool>& positive, const std::vector<double>& scores);

struct CalibrationCurve {
  std::vector<double> predicted;   ///< mean probability of each bin that has rows
  std::vector<double> fraction;    ///< share of positives in each of these bins
  std::vector<std::size_t> count;  ///< number of rows in each of these bins
};
/// scikit-learn's calibration_curve with bins of equal width on [0, 1] (strategy="uniform"). Throws
/// std::invalid_argument for a probability outside [0, 1] and for n_bins < 1.
CalibrationCurve calibration_curve(const std::vector<bool>& positive, const std::vector<double>& probabilities,
                                   int n_bins);

}  // namespace hitscope::models::evaluation
