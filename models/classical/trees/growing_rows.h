// The training rows as the grower takes them. Internal to models/classical.
// Thread safety: immutable after construction.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "models/classical/trees/ranked_columns.h"
#include "models/classical/trees/tree_grower.h"
#include "models/classical/trees/trees.h"

namespace hitscope::models::classical::trees {

struct GrowingRows {
  GrowingRows(const TreeRows& rows, const TreesOptions& options)
      : columns(rows.features, options.n_threads),
        answers{rows.targets, rows.values, options.n_classes},
        weights(rows.weights.begin(), rows.weights.end()) {
    constexpr int kMostClasses = 1 << 16;
    if (options.n_classes > kMostClasses || rows.features.n_rows > 0x7fffffffU) {
      throw std::invalid_argument("trees: a forest holds up to 65536 classes and 2147483647 rows");
    }
    if (weights.empty()) weights.assign(rows.features.n_rows, 1.0);
  }

  RankedColumns columns;
  Answers answers;
  std::vector<double> weights;  ///< [n_rows]
};

/// Throws std::invalid_argument for a number of trees or rounds below 1.
inline void check_at_least_one(const char* field, int value) {
  if (value >= 1) return;
  throw std::invalid_argument(std::string("trees: ") + field + " is " + std::to_string(value) + "; it must be >= 1");
}

}  // namespace hitscope::models::classical::trees
