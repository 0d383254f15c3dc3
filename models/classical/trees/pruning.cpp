#include "models/classical/trees/pruning.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hitscope::models::classical::trees {
namespace {

class Pruner {
 public:
  Pruner(const GrownTree& grown, int n_classes)
      : grown_(grown), nodes_(grown.tree.nodes), n_answers_(static_cast<std::size_t>(std::max(n_classes, 1))) {
    parents_.assign(nodes_.size(), 0);
    is_leaf_.resize(nodes_.size());
    answers_.assign(nodes_.size() * n_answers_, 0.0);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      is_leaf_[i] = nodes_[i].is_leaf();
      if (!is_leaf_[i]) parents_[i + 1] = parents_[nodes_[i].next] = i;
    }
    for (std::size_t i = nodes_.size(); i-- > 0;) {  // children stand behind their parents
      if (is_leaf_[i]) {
        for (const LeafShare& share : grown.tree.shares_of(static_cast<std::uint32_t>(i))) {
          answers_[i * n_answers_ + share.answer] = share.share * grown.weights[i];
        }
      }
      for (std::size_t c = 0; i > 0 && c < n_answers_; ++c) {
        answers_[parents_[i] * n_answers_ + c] += answers_[i * n_answers_ + c];
      }
    }
  }

  /// From the leaves up: a node becomes a leaf where that costs no more than the best that is below it.
  void prune(double alpha) {
    const double all = grown_.weights.front();
    std::vector<double> costs(nodes_.size());
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      const double as_leaf = grown_.risks[i] / all + alpha;
      const double below = is_leaf_[i] ? as_leaf : costs[i + 1] + costs[nodes_[i].next];
      if (as_leaf <= below) is_leaf_[i] = true;
      costs[i] = is_leaf_[i] ? as_leaf : below;
    }
  }

  Tree result() const {
    struct Waiting {
      std::size_t node;
      std::int64_t parent;  // whose right child it is, or -1
    };
    Tree tree;
    std::vector<Waiting> waiting{{0, -1}};
    while (!waiting.empty()) {
      const auto [at, parent] = waiting.back();
      waiting.pop_back();
      const std::size_t number = tree.nodes.size();
      if (parent >= 0) tree.nodes[static_cast<std::size_t>(parent)].next = static_cast<std::uint32_t>(number);
      tree.nodes.push_back(nodes_[at]);
      if (is_leaf_[at]) {
        add_leaf(at, tree);
        continue;
      }
      waiting.push_back({nodes_[at].next, static_cast<std::int64_t>(number)});
      waiting.push_back({at + 1, -1});
    }
    return tree;
  }

 private:
  void add_leaf(std::size_t at, Tree& tree) const {
    const auto first = static_cast<std::uint32_t>(tree.shares.size());
    for (std::size_t c = 0; c < n_answers_; ++c) {
      const double answer = answers_[at * n_answers_ + c];
      if (n_answers_ == 1 || answer > 0.0)
        tree.shares.push_back({static_cast<std::uint32_t>(c), answer / grown_.weights[at]});
    }
    tree.nodes.back() = {-static_cast<std::int32_t>(tree.shares.size() - first), first, 0.0, nodes_[at].cover};
  }

  const GrownTree& grown_;
  const std::vector<TreeNode>& nodes_;
  std::size_t n_answers_;
  std::vector<std::size_t> parents_;
  std::vector<bool> is_leaf_;
  std::vector<double> answers_;  // [n_nodes, n_answers]: weights of classes, or sums of numbers
};

}  // namespace

Tree pruned(const GrownTree& grown, double alpha, int n_classes) {
  Pruner pruner(grown, n_classes);
  pruner.prune(alpha);
  return pruner.result();
}

}  // namespace hitscope::models::classical::trees
