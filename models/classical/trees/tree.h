// A decision tree: nodes in preorder, the left child behind its parent. Internal to models/classical.
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hitscope::models::classical::trees {

struct LeafShare {
  std::uint32_t answer = 0;  ///< class; 0 for numbers
  double share = 0.0;        ///< weighted share of the class among the leaf's rows; for numbers what the leaf says
};

struct TreeNode {
  std::int32_t column = -1;  ///< column of the split; negative: a leaf with -column shares
  std::uint32_t next = 0;    ///< index of the right child; in a leaf, of its first share
  double threshold = 0.0;    ///< rows at or below it go left; the midpoint of two floats, which a float may not hold
  float cover = 0.0F;        ///< weight of the training rows that came here

  bool is_leaf() const { return column < 0; }
};

struct Tree {
  std::vector<TreeNode> nodes;
  std::vector<LeafShare> shares;
  std::uint32_t output = 0;  ///< of trees that are added up: the class that its leaves speak for

  std::uint32_t leaf_index(const float* row) const {
    std::uint32_t at = 0;
    while (nodes[at].column >= 0) {
      at = static_cast<double>(row[nodes[at].column]) <= nodes[at].threshold ? at + 1 : nodes[at].next;
    }
    return at;
  }
  std::span<const LeafShare> shares_of(std::uint32_t leaf) const {
    return {shares.data() + nodes[leaf].next, static_cast<std::size_t>(-nodes[leaf].column)};
  }
  std::span<const LeafShare> leaf_of(const float* row) const { return shares_of(leaf_index(row)); }
};

/// The class with the greatest share, the lowest of equals.
std::uint32_t class_of(std::span<const LeafShare> shares);

}  // namespace hitscope::models::classical::trees
