// A linear map between a regression's values and what a head learns: values standardised to zero mean and unit variance
// over the training rows, or ranking scores.
// Thread safety: immutable after construction.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/data/split.h"

namespace hitscope::models::data {

class ValueScale {
 public:
  /// The identity map.
  ValueScale() = default;
  /// Standardises by the mean and standard deviation of the training rows of `values` [n_rows].
  static ValueScale fit(std::span<const double> values, const TrainingFold& fold);
  /// The least-squares line from `scores` [n] to `values` [n].
  static ValueScale line(std::span<const double> scores, std::span<const double> values);
  static ValueScale from_json(const std::string& text);  ///< throws std::runtime_error
  std::string to_json() const;

  /// [n], the inverse of restored() for `values` [n].
  std::vector<double> standardised(std::span<const double> values) const;
  double restored(double standardised) const { return standardised * scale_ + mean_; }

 private:
  double mean_ = 0.0;
  double scale_ = 1.0;  // 1 for constant values
};

}  // namespace hitscope::models::data
