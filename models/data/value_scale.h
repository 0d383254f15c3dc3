// A regression's target to zero mean and unit variance, by training rows, and back; or from scores by a line.
// Thread safety: immutable after construction.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/data/split.h"

namespace hitscope::models::data {

class ValueScale {
 public:
  /// The identity.
  ValueScale() = default;
  /// `values` [n_rows].
  static ValueScale fit(std::span<const double> values, const TrainingFold& fold);
  /// The line that brings scores nearest to values, by least squares.
  static ValueScale line(std::span<const double> scores, std::span<const double> values);
  static ValueScale from_json(const std::string& text);  ///< throws std::runtime_error
  std::string to_json() const;

  std::vector<double> standardised(std::span<const double> values) const;
  double restored(double standardised) const { return standardised * scale_ + mean_; }

 private:
  double mean_ = 0.0;
  double scale_ = 1.0;  // 1 where the values do not vary
};

}  // namespace hitscope::models::data
