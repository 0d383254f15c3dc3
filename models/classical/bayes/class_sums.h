// Sums of columns by class, in double; the same whatever the number of threads. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <vector>

#include "models/classical/estimator.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::bayes {

struct ClassSums {
  ClassSums(int n_classes, std::size_t n_columns)
      : weight(static_cast<std::size_t>(n_classes), 0.0), sum(static_cast<std::size_t>(n_classes) * n_columns, 0.0) {}

  std::vector<double> weight;  ///< [n_classes]
  std::vector<double> sum;     ///< [n_classes, n_columns]

  ClassSums& operator+=(const ClassSums& other) {
    for (std::size_t i = 0; i < weight.size(); ++i) weight[i] += other.weight[i];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other.sum[i];
    return *this;
  }
  double total_weight() const {
    double total = 0.0;
    for (const double w : weight) total += w;
    return total;
  }
};

/// Sums of value(row's class, column, x) over the rows of each class.
template <typename Value>
ClassSums class_sums(const LearningRows& rows, int n_threads, const Value& value) {
  const std::size_t d = rows.n_columns();
  return data::summed(rows.n_rows(), n_threads, ClassSums(rows.n_classes, d),
                      [&](std::size_t begin, std::size_t end, ClassSums& sums) {
                        for (std::size_t row = begin; row < end; ++row) {
                          const double w = rows.weight(row);
                          const auto c = static_cast<std::size_t>(rows.targets[row]);
                          const float* x = rows.features.values.data() + row * d;
                          double* out = sums.sum.data() + c * d;
                          sums.weight[c] += w;
                          for (std::size_t i = 0; i < d; ++i) out[i] += w * value(c, i, static_cast<double>(x[i]));
                        }
                      });
}

/// Means of the columns by class: [n_classes, n_columns].
inline std::vector<double> class_means(const ClassSums& sums, std::size_t n_columns) {
  std::vector<double> means = sums.sum;
  for (std::size_t i = 0; i < means.size(); ++i) means[i] /= sums.weight[i / n_columns];
  return means;
}

}  // namespace hitscope::models::classical::bayes
