// Sums of a confusion matrix, from which the scores of classes are computed, and checks of classes. Internal to
// models/evaluation.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {

/// a / b; 0 where b is 0.
inline double ratio(double a, double b) {
  return b > 0.0 ? a / b : 0.0;
}

/// F1 in scikit-learn's order of operations, because the last bit can change a rounded report.
inline double f1_of(double precision, double recall) {
  return ratio(2.0 * precision * recall, precision + recall);
}

inline void require(bool holds, const std::string& rule) {
  if (!holds) throw std::invalid_argument(rule);
}

/// Throws std::invalid_argument naming `field` for a class outside 0..n_classes-1.
inline void require_classes(const char* field, std::span<const int> classes, int n_classes) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] >= 0 && classes[i] < n_classes) continue;
    throw std::invalid_argument(std::string(field) + "[" + std::to_string(i) + "] is " + std::to_string(classes[i]) +
                                ", must be a class from 0 to " + std::to_string(n_classes - 1));
  }
}

/// Row sums (support), column sums (predicted) and diagonal (correct) of a confusion matrix, each [n_classes], and
/// their totals.
struct Margins {
  explicit Margins(std::span<const std::size_t> confusion, std::size_t n_classes)
      : support(n_classes, 0.0), predicted(n_classes, 0.0), correct(n_classes, 0.0) {
    for (std::size_t t = 0; t < n_classes; ++t) {
      for (std::size_t p = 0; p < n_classes; ++p) {
        const auto count = static_cast<double>(confusion[t * n_classes + p]);
        support[t] += count;
        predicted[p] += count;
        if (t == p) correct[t] = count;
      }
    }
    total = std::accumulate(support.begin(), support.end(), 0.0);
    n_correct = std::accumulate(correct.begin(), correct.end(), 0.0);
  }

  std::vector<double> support;
  std::vector<double> predicted;
  std::vector<double> correct;
  double total = 0.0;
  double n_correct = 0.0;
};

}  // namespace hitscope::models::evaluation
