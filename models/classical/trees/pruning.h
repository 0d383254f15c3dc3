// Minimal cost-complexity pruning of a grown tree, as scikit-learn's ccp_alpha. Internal to models/classical.
// Thread safety: a free function without shared state.
#pragma once

#include <vector>

#include "models/classical/trees/tree.h"

namespace hitscope::models::classical::trees {

/// A tree with what pruning needs of its nodes.
struct GrownTree {
  Tree tree;
  std::vector<double> weights;  ///< [n_nodes] of the rows
  std::vector<double> risks;    ///< [n_nodes] impurity times weight
};

/// The tree without the subtrees that lower the impurity by `alpha` or less for each leaf that they add (both as shares
/// of all rows), the weakest first.
Tree pruned(const GrownTree& grown, double alpha, int n_classes);

}  // namespace hitscope::models::classical::trees
