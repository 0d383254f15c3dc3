// The log loss of one row, for the scores of a file and for the comparison of two.
// Thread safety: a free function without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "models/data/predictions.h"

namespace hitscope::models::evaluation {

/// -ln of the probability of the class `target` in a row. As scikit-learn does, probabilities are clipped at 1e-15 and
/// divided by the row's sum, so that probabilities off by rounding are not rewarded.
inline double row_log_loss(const data::Probabilities& p, std::size_t row, int target) {
  constexpr double kLeast = 1e-15;
  double sum = 0.0;
  for (int c = 0; c < p.n_classes; ++c) sum += std::clamp(p.at(row, c), kLeast, 1.0 - kLeast);
  return -std::log(std::clamp(p.at(row, target), kLeast, 1.0 - kLeast) / sum);
}

}  // namespace hitscope::models::evaluation
