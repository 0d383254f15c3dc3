#include "models/data/dataset.h"

namespace hitscope::models {

int Probabilities::predicted(std::size_t row) const {
  int best = 0;
  for (int c = 1; c < n_classes; ++c) {
    if (at(row, c) > at(row, best)) best = c;
  }
  return best;
}

}  // namespace hitscope::models
