#include "models/data/predictions.h"

namespace hitscope::models::data {

int Probabilities::predicted(std::size_t row) const {
  if (n_classes == 2 && threshold != 0.5) return at(row, 1) >= threshold ? 1 : 0;
  int best = 0;
  for (int c = 1; c < n_classes; ++c) {
    if (at(row, c) > at(row, best)) best = c;
  }
  return best;
}

std::vector<int> Probabilities::predicted_classes() const {
  std::vector<int> classes(n_rows);
  for (std::size_t row = 0; row < n_rows; ++row) classes[row] = predicted(row);
  return classes;
}

}  // namespace hitscope::models::data
