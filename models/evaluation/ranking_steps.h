// Cumulative counts of positives and negatives by falling score, from which areas and curves are computed. Internal to
// models/evaluation.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hitscope::models::evaluation {

/// Throws std::invalid_argument naming `function` unless `a` and `b` are equal.
inline void require_same_length(const char* function, std::size_t a, std::size_t b) {
  if (a == b) return;
  throw std::invalid_argument(std::string(function) + ": lengths " + std::to_string(a) + " and " + std::to_string(b) +
                              " must be equal");
}

/// Whether there is a NaN. It must be called before every sort, which is undefined for NaN.
inline bool has_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

/// The distinct scores in falling order, and the numbers of positives and negatives with at least that score: each
/// [n_steps].
struct Steps {
  std::vector<double> thresholds;
  std::vector<std::uint64_t> positives;
  std::vector<std::uint64_t> negatives;
};

/// The steps of `scores` [n_rows], without NaN, and `positive` [n_rows].
inline Steps steps_of(const std::vector<bool>& positive, std::span<const double> scores) {
  std::vector<std::pair<double, bool>> order(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) order[i] = {scores[i], positive[i]};
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  Steps steps;
  std::uint64_t n_positive = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    n_positive += order[i].second ? 1 : 0;
    if (i + 1 < order.size() && order[i + 1].first == order[i].first) continue;
    steps.thresholds.push_back(order[i].first);
    steps.positives.push_back(n_positive);
    steps.negatives.push_back(i + 1 - n_positive);
  }
  return steps;
}

/// Precision with the threshold of step i.
inline double precision_at(const Steps& steps, std::size_t i) {
  return static_cast<double>(steps.positives[i]) / static_cast<double>(steps.positives[i] + steps.negatives[i]);
}

}  // namespace hitscope::models::evaluation
