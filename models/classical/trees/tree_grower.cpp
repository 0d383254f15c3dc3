#include "models/classical/trees/tree_grower.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <numeric>

#include "models/classical/trees/node_random.h"
#include "models/classical/trees/pruning.h"
#include "models/classical/trees/split_finder.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

constexpr std::size_t kLargeNode = 8192;  // rows: smaller subtrees are grown by one thread each

/// The rows begin..end of the sample, and where in the tree they are.
struct Node {
  std::size_t begin = 0;
  std::size_t end = 0;
  int depth = 0;
  std::uint64_t key = 0;  // of its random numbers

  std::size_t size() const { return end - begin; }
};

template <typename Sides>
class Grower {
 public:
  Grower(const RankedColumns& columns, const Answers& answers, std::span<const double> weights, const TreeRules& rules,
         int n_threads)
      : columns_(columns), answers_(answers), weights_(weights), rules_(rules), n_threads_(n_threads) {
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (weights[row] > 0.0) sample_.push_back(static_cast<std::uint32_t>(row));
    }
  }

  GrownTree grow(std::uint64_t seed) {
    const Node root{0, sample_.size(), 0, NodeRandom(seed)()};
    if (n_threads_ <= 1 || root.size() < kLargeNode) return subtree(root);
    split_top(root);
    std::vector<GrownTree> parts(jobs_.size());
    data::in_parallel(jobs_.size(), n_threads_, [&](std::size_t i) { parts[i] = subtree(jobs_[i]); });
    return assembled(std::move(parts));
  }

 private:
  /// What one thread needs to split nodes.
  struct Desk {
    Desk(const Grower& g)
        : sides(g.answers_, g.weights_, g.rules_.is_entropy),
          finder(g.columns_, g.rules_),
          order(g.columns_.n_columns()) {}
    Sides sides;
    SplitFinder<Sides> finder;
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> spare;
  };

  struct TopNode {
    Split split;
    double weight = 0.0;
    double risk = 0.0;
    std::size_t left = 0, right = 0;  // in top_
    std::size_t job = kNone;          // the subtree that stands here instead
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::span<std::uint32_t> rows_of(const Node& node) { return {sample_.data() + node.begin, node.size()}; }

  bool may_split(const Node& node, const Sides& sides) const {
    return node.size() >= std::max(rules_.min_samples_split, 2 * rules_.min_samples_leaf) && !sides.is_pure() &&
           (rules_.max_depth == 0 || node.depth < rules_.max_depth);
  }

  Split try_column(Desk& desk, std::size_t column, std::span<const std::uint32_t> rows, double share) const {
    return rules_.is_random ? desk.finder.random(column, rows, desk.sides, share)
                            : desk.finder.best(column, rows, desk.sides);
  }

  static bool is_better(const Split& split, const Split& best) {
    return split.column >= 0 && std::isfinite(split.score) && (best.column < 0 || split.score > best.score);
  }

  /// The best split of a node whose sides are started; none where nothing splits it.
  Split find(const Node& node, Desk& desk) {
    const std::span<const std::uint32_t> rows = rows_of(node);
    NodeRandom random(node.key);
    const std::size_t n = columns_.n_columns();
    const std::size_t n_tried = rules_.max_features == 0 ? n : std::min(rules_.max_features, n);
    std::iota(desk.order.begin(), desk.order.end(), 0U);
    const bool is_shared = n_threads_ > 1 && node.size() >= kLargeNode && n_tried == n && !rules_.is_random;
    Split best;
    std::size_t n_varying = 0;
    for (std::size_t i = 0; i < n && (i < n_tried || n_varying == 0); ++i) {
      std::swap(desk.order[i], desk.order[i + random() % (n - i)]);  // of equal splits, too, the first is taken
      if (is_shared) continue;
      const Split split = try_column(desk, desk.order[i], rows, rules_.is_random ? random.share() : 0.0);
      n_varying += split.column >= 0 ? 1 : 0;
      if (is_better(split, best)) best = split;
    }
    return is_shared ? find_together(node, desk.order) : best;
  }

  /// The best of all columns, in this order, by several threads.
  Split find_together(const Node& node, std::span<const std::uint32_t> order) {
    const std::span<const std::uint32_t> rows = rows_of(node);
    std::vector<Split> splits(order.size());
    data::in_parallel(splits.size(), n_threads_, [&](std::size_t column) {
      std::unique_ptr<Desk> desk = take_desk();
      desk->sides.start(rows);
      splits[column] = desk->finder.best(column, rows, desk->sides);
      give_back(std::move(desk));
    });
    Split best;
    for (const std::uint32_t column : order) {
      if (is_better(splits[column], best)) best = splits[column];
    }
    return best;
  }

  std::unique_ptr<Desk> take_desk() {
    const std::lock_guard lock(mutex_);
    if (desks_.empty()) return std::make_unique<Desk>(*this);
    std::unique_ptr<Desk> desk = std::move(desks_.back());
    desks_.pop_back();
    return desk;
  }
  void give_back(std::unique_ptr<Desk> desk) {
    const std::lock_guard lock(mutex_);
    desks_.push_back(std::move(desk));
  }

  /// Puts the rows that go left first, both sides in their order. Returns where the others begin.
  std::size_t part(const Node& node, const Split& split, Desk& desk) {
    const std::uint32_t* ranks = columns_.ranks(static_cast<std::size_t>(split.column));
    const std::span<std::uint32_t> rows = rows_of(node);
    desk.spare.clear();
    std::size_t n_left = 0;
    for (const std::uint32_t row : rows) {
      if (ranks[row] <= split.rank) {
        rows[n_left++] = row;
      } else {
        desk.spare.push_back(row);
      }
    }
    std::copy(desk.spare.begin(), desk.spare.end(), rows.begin() + static_cast<std::ptrdiff_t>(n_left));
    return node.begin + n_left;
  }

  static std::pair<Node, Node> children(const Node& node, std::size_t middle) {
    NodeRandom random(node.key ^ 0x5851f42d4c957f2dULL);
    const std::uint64_t left = random();
    return {{node.begin, middle, node.depth + 1, left}, {middle, node.end, node.depth + 1, random()}};
  }

  void add_leaf(GrownTree& grown, const Sides& sides) const {
    Tree& tree = grown.tree;
    const std::size_t first = tree.shares.size();
    sides.add_leaf(tree);
    tree.nodes.push_back({-static_cast<std::int32_t>(tree.shares.size() - first), static_cast<std::uint32_t>(first),
                          0.0, static_cast<float>(sides.weight())});
    grown.weights.push_back(sides.weight());
    grown.risks.push_back(sides.risk());
  }
  static void add_split(GrownTree& grown, const Split& split, double weight, double risk) {
    grown.tree.nodes.push_back({split.column, 0, split.threshold, static_cast<float>(weight)});
    grown.weights.push_back(weight);
    grown.risks.push_back(risk);
  }

  GrownTree subtree(const Node& root) {
    struct Waiting {
      Node node;
      std::int64_t parent = -1;  // whose right child it is
    };
    GrownTree grown;
    std::unique_ptr<Desk> desk = take_desk();
    std::vector<Waiting> waiting{{root, -1}};
    while (!waiting.empty()) {
      const auto [node, parent] = waiting.back();
      waiting.pop_back();
      const auto number = static_cast<std::uint32_t>(grown.tree.nodes.size());
      if (parent >= 0) grown.tree.nodes[static_cast<std::size_t>(parent)].next = number;
      desk->sides.start(rows_of(node));
      const Split split = may_split(node, desk->sides) ? find(node, *desk) : Split{};
      if (split.column < 0) {
        add_leaf(grown, desk->sides);
        continue;
      }
      add_split(grown, split, desk->sides.weight(), desk->sides.risk());
      const auto [left, right] = children(node, part(node, split, *desk));
      waiting.push_back({right, number});
      waiting.push_back({left, -1});
    }
    give_back(std::move(desk));
    return grown;
  }

  /// Splits large nodes; leaves the others to jobs_.
  void split_top(const Node& root) {
    top_.resize(1);
    std::vector<std::pair<std::size_t, Node>> waiting{{0, root}};
    std::unique_ptr<Desk> desk = take_desk();
    while (!waiting.empty()) {
      const auto [at, node] = waiting.back();
      waiting.pop_back();
      if (node.size() < kLargeNode) {
        postpone(at, node);
        continue;
      }
      desk->sides.start(rows_of(node));
      const Split split = may_split(node, desk->sides) ? find(node, *desk) : Split{};
      if (split.column < 0) {
        postpone(at, node);
        continue;
      }
      const auto [left, right] = children(node, part(node, split, *desk));
      const std::size_t first = top_.size();
      top_[at] = {split, desk->sides.weight(), desk->sides.risk(), first, first + 1, kNone};
      top_.resize(first + 2);
      waiting.push_back({first + 1, right});
      waiting.push_back({first, left});
    }
    give_back(std::move(desk));
  }
  void postpone(std::size_t at, const Node& node) {
    top_[at].job = jobs_.size();
    jobs_.push_back(node);
  }

  /// The top and the subtrees below it, in preorder.
  GrownTree assembled(std::vector<GrownTree> parts) const {
    struct Waiting {
      std::size_t at = 0;
      std::int64_t parent = -1;  // whose right child it is
    };
    GrownTree whole;
    std::vector<Waiting> waiting{{}};
    while (!waiting.empty()) {
      const auto [at, parent] = waiting.back();
      waiting.pop_back();
      const auto number = static_cast<std::uint32_t>(whole.tree.nodes.size());
      if (parent >= 0) whole.tree.nodes[static_cast<std::size_t>(parent)].next = number;
      const TopNode& top = top_[at];
      if (top.job != kNone) {
        append(whole, parts[top.job]);
        continue;
      }
      add_split(whole, top.split, top.weight, top.risk);
      waiting.push_back({top.right, number});
      waiting.push_back({top.left, -1});
    }
    return whole;
  }
  static void append(GrownTree& whole, const GrownTree& part) {
    const auto shift = static_cast<std::uint32_t>(whole.tree.nodes.size());
    const auto first = static_cast<std::uint32_t>(whole.tree.shares.size());
    for (TreeNode node : part.tree.nodes) {
      node.next += node.is_leaf() ? first : shift;
      whole.tree.nodes.push_back(node);
    }
    whole.tree.shares.insert(whole.tree.shares.end(), part.tree.shares.begin(), part.tree.shares.end());
    whole.weights.insert(whole.weights.end(), part.weights.begin(), part.weights.end());
    whole.risks.insert(whole.risks.end(), part.risks.begin(), part.risks.end());
  }

  const RankedColumns& columns_;
  const Answers& answers_;
  std::span<const double> weights_;
  const TreeRules& rules_;
  int n_threads_;
  std::vector<std::uint32_t> sample_;
  std::vector<TopNode> top_;
  std::vector<Node> jobs_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Desk>> desks_;
};

}  // namespace

Tree grow_tree(const RankedColumns& columns, const Answers& answers, std::span<const double> weights,
               const TreeRules& rules, std::uint64_t seed, int n_threads) {
  GrownTree grown = answers.n_classes > 0 ? Grower<ClassSides>(columns, answers, weights, rules, n_threads).grow(seed)
                                          : Grower<NumberSides>(columns, answers, weights, rules, n_threads).grow(seed);
  return rules.ccp_alpha > 0.0 ? pruned(grown, rules.ccp_alpha, answers.n_classes) : std::move(grown.tree);
}

}  // namespace hitscope::models::classical::trees
