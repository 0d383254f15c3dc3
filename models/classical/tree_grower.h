// One fully grown decision tree of a random forest. Internal to models/classical.
//
// Nodes are in preorder: the left child follows its parent. Every split between two values of a column is tried; the
// threshold is the midpoint, and rows at or below it go left.
// Thread safety: plain values and a free function without shared state; many trees may grow from the same GrowingRows
// at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hitscope::models::classical {

struct LeafShare {
  std::uint32_t answer = 0;  ///< class; 0 for numbers
  double share = 0.0;        ///< weighted share of the class among the leaf's rows; for numbers their mean
};

struct TreeNode {
  std::int32_t column = -1;  ///< column of the split; negative: a leaf with -column shares
  std::uint32_t next = 0;    ///< index of the right child; in a leaf, of its first share
  double threshold = 0.0;    ///< midpoint of two floats, in double because a float may not hold it
};

struct Tree {
  std::vector<TreeNode> nodes;
  std::vector<LeafShare> shares;

  std::span<const LeafShare> leaf_of(const float* row) const {
    std::uint32_t at = 0;
    while (nodes[at].column >= 0) {
      at = row[nodes[at].column] <= nodes[at].threshold ? at + 1 : nodes[at].next;
    }
    return {shares.data() + nodes[at].next, static_cast<std::size_t>(-nodes[at].column)};
  }
};

/// The training rows, which all trees of a forest share.
struct GrowingRows {
  std::size_t n_rows = 0;
  std::size_t n_columns = 0;
  std::vector<float> columns;   ///< [n_columns, n_rows]
  std::vector<int> targets;     ///< [n_rows], or empty for numbers
  std::vector<double> values;   ///< [n_rows], or empty for classes
  std::vector<double> weights;  ///< [n_rows]
  int n_classes = 0;
};

/// A tree on a bootstrap sample of `rows` drawn with `seed`.
Tree grow_tree(const GrowingRows& rows, std::uint64_t seed);

}  // namespace hitscope::models::classical
