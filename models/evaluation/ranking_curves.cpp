// Curves over all thresholds of a score.
#include <limits>

#include "models/evaluation/ranking.h"
#include "models/evaluation/ranking_steps.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void require_numbers(const char* function, std::span<const double> values) {
  if (has_nan(values)) throw std::invalid_argument(std::string(function) + ": scores must be numbers, one is NaN");
}

}  // namespace

RocCurve roc_curve(const std::vector<bool>& positive, const std::vector<double>& scores) {
  require_same_length("roc_curve", positive.size(), scores.size());
  require_numbers("roc_curve", scores);
  const Steps steps = steps_of(positive, scores);
  const std::size_t n = steps.thresholds.size();
  if (n == 0) return {};
  // Points on a straight line between their neighbours are dropped.
  const auto bends = [](const std::vector<std::uint64_t>& counts, std::size_t i) {
    return counts[i + 1] - counts[i] != counts[i] - counts[i - 1];
  };
  const auto share = [](std::uint64_t part, std::uint64_t all) {
    return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : kNan;
  };
  const auto n_positive = steps.positives.back();
  const auto n_negative = steps.negatives.back();
  RocCurve curve{{share(0, n_negative)}, {share(0, n_positive)}, {steps.thresholds[0] + 1.0}};
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0 && i + 1 < n && !bends(steps.positives, i) && !bends(steps.negatives, i)) continue;
    curve.fpr.push_back(share(steps.negatives[i], n_negative));
    curve.tpr.push_back(share(steps.positives[i], n_positive));
    curve.thresholds.push_back(steps.thresholds[i]);
  }
  return curve;
}

PrecisionRecallCurve precision_recall_curve(const std::vector<bool>& positive, const std::vector<double>& scores) {
  require_same_length("precision_recall_curve", positive.size(), scores.size());
  require_numbers("precision_recall_curve", scores);
  const Steps steps = steps_of(positive, scores);
  PrecisionRecallCurve curve;
  for (std::size_t i = steps.thresholds.size(); i-- > 0;) {
    const auto n_positive = static_cast<double>(steps.positives.back());
    curve.precision.push_back(precision_at(steps, i));
    curve.recall.push_back(n_positive > 0.0 ? static_cast<double>(steps.positives[i]) / n_positive : 1.0);
    curve.thresholds.push_back(steps.thresholds[i]);
  }
  curve.precision.push_back(1.0);
  curve.recall.push_back(0.0);
  return curve;
}

CalibrationCurve calibration_curve(const std::vector<bool>& positive, const std::vector<double>& probabilities,
                                   int n_bins) {
  require_same_length("calibration_curve", positive.size(), probabilities.size());
  if (n_bins < 1)
    throw std::invalid_argument("calibration_curve: n_bins is " + std::to_string(n_bins) + ", must be 1 or more");
  // Edges as numpy.linspace computes them; a probability on an edge belongs to the bin below.
  std::vector<double> edges;
  for (int b = 1; b < n_bins; ++b) edges.push_back(b * (1.0 / n_bins));
  CalibrationCurve sums{std::vector<double>(n_bins, 0.0), std::vector<double>(n_bins, 0.0),
                        std::vector<std::size_t>(n_bins, 0)};
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const double p = probabilities[i];
    if (!(p >= 0.0 && p <= 1.0)) {
      throw std::invalid_argument("calibration_curve: probability " + std::to_string(p) + " must be from 0 to 1");
    }
    const auto bin = std::lower_bound(edges.begin(), edges.end(), p) - edges.begin();
    sums.predicted[bin] += p;
    sums.fraction[bin] += positive[i] ? 1.0 : 0.0;
    ++sums.count[bin];
  }
  CalibrationCurve curve;
  for (int b = 0; b < n_bins; ++b) {
    if (sums.count[b] == 0) continue;
    curve.predicted.push_back(sums.predicted[b] / static_cast<double>(sums.count[b]));
    curve.fraction.push_back(sums.fraction[b] / static_cast<double>(sums.count[b]));
    curve.count.push_back(sums.count[b]);
  }
  return curve;
}

}  // namespace hitscope::models::evaluation
