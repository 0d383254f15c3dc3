// Metrics of an order: how well scores rank what they should. Ties are handled as scikit-learn and SciPy do.
// Thread safety: free functions without shared state.
#pragma once

#include <vector>

namespace hitscope::models {

/// Area under the ROC curve; NaN without a positive or without a negative.
double roc_auc(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Sum over thresholds of (recall step) * precision; NaN without a positive.
double average_precision(const std::vector<bool>& positive, const std::vector<double>& scores);
/// Spearman's rank correlation, ties given their mean rank; NaN where one side is constant.
double spearman(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace hitscope::models
