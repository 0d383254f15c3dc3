// What a head answers: a probability of each class, or a value.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "models/data/targets.h"

namespace hitscope::models::data {

/// Class probabilities, one row per example.
struct Probabilities {
  std::size_t n_rows = 0;
  int n_classes = 0;
  std::vector<double> values;  ///< [n_rows, n_classes], each row sums to 1
  double threshold = 0.5;      ///< probability from which the second of two classes is predicted; at 0.5 the first is
                               ///< predicted where both are equal. Unused for more classes

  double at(std::size_t row, int c) const { return values[row * n_classes + c]; }
  /// Most probable class of a row, the lowest of equals; of two classes, what the threshold says.
  int predicted(std::size_t row) const;
  /// predicted() of every row.
  std::vector<int> predicted_classes() const;
};

using Predictions = std::variant<Probabilities, Values>;

}  // namespace hitscope::models::data
