// The statistics that an encoder learns from one column's training values: fill, centre, scale and ANOVA F, with
// scikit-learn 1.2's definitions. Values are [n_values], without NaN. Internal to models.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::data {

/// Whether a value counts as missing: NaN, infinities and numbers beyond the range of float32. scikit-learn refuses the
/// last two.
inline bool is_missing(double value) {
  return !(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()));
}

/// numpy.percentile (linear) for a `share` in 0..1. Reorders `values`, which must not be empty.
inline double quantile(std::vector<double>& values, double share) {
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  const double t = position - static_cast<double>(below);
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  if (t == 0.0) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return t < 0.5 ? *at + (next - *at) * t : next - (next - *at) * (1.0 - t);
}

/// The most frequent value, the smallest of equally frequent ones. Reorders `values`, which must not be empty.
inline double most_frequent(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  double best = values.front();
  std::size_t most = 0;
  for (std::size_t first = 0, end = 0; first < values.size(); first = end) {
    while (end < values.size() && values[end] == values[first]) ++end;
    if (end - first <= most) continue;
    most = end - first;
    best = values[first];
  }
  return best;
}

/// The mean of `values` [n_values]; NaN without values.
inline double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// The value that replaces missing ones; 0 if no value is present. Reorders `present`.
inline double fill_of(std::vector<double>& present, Imputation imputation) {
  if (present.empty()) return 0.0;
  if (imputation == Imputation::kMean) return mean_of(present);
  if (imputation == Imputation::kMostFrequent) return most_frequent(present);
  return quantile(present, 0.5);
}

/// Population variance by two passes, the second corrected for the rounding of the mean.
inline double variance_of(std::span<const double> values, double mean) {
  double sum = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    sum += value - mean;
    squares += (value - mean) * (value - mean);
  }
  const auto n = static_cast<double>(values.size());
  return (squares - sum * sum / n) / n;
}

/// Sets centre and scale of `number` from a column's imputed training values. Reorders `values`, which must not be
/// empty.
inline void learn_scale(std::vector<double>& values, Scaling scaling, NumberStatistics& number) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const auto unless_tiny = [](double scale) { return scale < 10.0 * kEpsilon ? 1.0 : scale; };
  if (scaling == Scaling::kStandard) {
    const auto n = static_cast<double>(values.size());
    number.center = mean_of(values);
    const double variance = variance_of(values, number.center);
    // No more than the rounding of a constant column's mean.
    const bool constant = variance <= n * kEpsilon * variance + std::pow(n * number.center * kEpsilon, 2);
    number.scale = constant ? 1.0 : std::sqrt(variance);
  } else if (scaling == Scaling::kMinMax) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    number.center = *least;
    number.scale = unless_tiny(*most - *least);
  } else if (scaling == Scaling::kRobust) {
    number.center = quantile(values, 0.5);
    const double low = quantile(values, 0.25);
    number.scale = unless_tiny(quantile(values, 0.75) - low);
  }
}

/// Counts, sums and sums of squares of a column's training values by class, each [n_classes].
struct ClassSums {
  explicit ClassSums(int n_classes) : n(n_classes), sums(n_classes), squares(n_classes) {}
  void add(int target, double value) {
    n[target] += 1.0;
    sums[target] += value;
    squares[target] += value * value;
  }
  std::vector<double> n, sums, squares;
};

/// f_classif's F, summed in the same order, so that ties between columns of zeros and ones fall as in scikit-learn; NaN
/// if it is not defined. A within-class sum that rounds to less than 0 counts as 0: such a column separates the
/// classes.
inline double anova_f(const ClassSums& classes) {
  double n = 0.0, n_classes = 0.0, sum = 0.0, squares = 0.0, between = 0.0;
  for (std::size_t c = 0; c < classes.n.size(); ++c) {
    if (classes.n[c] == 0.0) continue;
    n += classes.n[c];
    n_classes += 1.0;
    sum += classes.sums[c];
    squares += classes.squares[c];
    between += classes.sums[c] * classes.sums[c] / classes.n[c];
  }
  const double total = squares - sum * sum / n;
  if (total <= 0.0) return std::numeric_limits<double>::quiet_NaN();
  between -= sum * sum / n;
  return between / (n_classes - 1.0) / (std::max(total - between, 0.0) / (n - n_classes));
}

}  // namespace hitscope::models::data
