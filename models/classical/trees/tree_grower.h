// Grows one decision tree: the grower of decision trees, forests, extra trees, AdaBoost and gradient boosting.
//
// As scikit-learn 1.2's: every split between two values of the tried columns (or one at random of each), the one that
// lowers the impurity most; columns that do not vary in the node count as tried, but one that does is always among
// them. Same seed and rows, same tree, whatever the number of threads. Internal to models/classical. Thread safety: a
// free function without shared state; many trees may grow from the same rows at a time.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "models/classical/trees/ranked_columns.h"
#include "models/classical/trees/tree.h"

namespace hitscope::models::classical::trees {

/// What rows are told apart by. The spans are [n_rows] of the ranked columns.
struct Answers {
  std::span<const int> targets;    ///< classes; empty for numbers
  std::span<const double> values;  ///< numbers; empty for classes
  int n_classes = 0;
};

struct TreeRules {
  bool is_entropy = false;  ///< of classes: entropy instead of Gini's impurity
  bool is_random = false;   ///< one threshold a column, drawn between the node's least and greatest value
  int max_depth = 0;        ///< 0: any
  std::size_t min_samples_split = 2;
  std::size_t min_samples_leaf = 1;
  std::size_t max_features = 0;  ///< columns to try in a node; 0: all
  double ccp_alpha = 0.0;        ///< prunes subtrees that lower the impurity by less than this a leaf
};

/// A tree on the rows whose weight [n_rows] is above 0.
Tree grow_tree(const RankedColumns& columns, const Answers& answers, std::span<const double> weights,
               const TreeRules& rules, std::uint64_t seed, int n_threads = 1);

}  // namespace hitscope::models::classical::trees
