#include "models/classical/tree_grower.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

namespace hitscope::models::classical {
namespace {

/// Weights of classes left and right of a split. The best split has the greatest score: the least Gini impurity.
class ClassSides {
 public:
  explicit ClassSides(const GrowingRows& rows) : rows_(rows), node_(rows.n_classes), left_(node_), right_(node_) {}

  void start(std::span<const std::uint32_t> node, const std::vector<double>& weights) {
    std::fill(node_.begin(), node_.end(), 0.0);
    for (const std::uint32_t row : node) node_[rows_.targets[row]] += weights[row];
    weight_ = 0.0;
    for (const double w : node_) weight_ += w;
  }
  bool pure() const {
    return std::count_if(node_.begin(), node_.end(), [](double w) { return w > 0.0; }) <= 1;
  }
  void add_leaf(Tree& tree) const {
    for (std::uint32_t c = 0; c < node_.size(); ++c) {
      if (node_[c] > 0.0) tree.shares.push_back({c, node_[c] / weight_});
    }
  }

  void all_right() {
    std::fill(left_.begin(), left_.end(), 0.0);
    right_ = node_;
    left_weight_ = left_squares_ = right_squares_ = 0.0;
    right_weight_ = weight_;
    for (const double w : node_) right_squares_ += w * w;
  }
  void to_left(std::uint32_t row, double w) {
    double& left = left_[rows_.targets[row]];
    double& right = right_[rows_.targets[row]];
    left_squares_ += w * (2.0 * left + w);
    right_squares_ += w * (w - 2.0 * right);
    left += w;
    right -= w;
    left_weight_ += w;
    right_weight_ -= w;
  }
  double score() const { return left_squares_ / left_weight_ + right_squares_ / right_weight_; }

 private:
  const GrowingRows& rows_;
  std::vector<double> node_, left_, right_;
  double weight_ = 0.0, left_weight_ = 0.0, right_weight_ = 0.0, left_squares_ = 0.0, right_squares_ = 0.0;
};

/// The same for numbers: the greatest score is the least variance. Numbers are taken from the node's mean, so that
/// squares of large ones do not swallow their differences.
class NumberSides {
 public:
  explicit NumberSides(const GrowingRows& rows) : rows_(rows) {}

  void start(std::span<const std::uint32_t> node, const std::vector<double>& weights) {
    weight_ = 0.0;
    mean_ = 0.0;
    pure_ = true;
    for (const std::uint32_t row : node) {
      weight_ += weights[row];
      mean_ += (rows_.values[row] - mean_) * (weights[row] / weight_);
      pure_ = pure_ && rows_.values[row] == rows_.values[node[0]];
    }
    if (pure_) mean_ = rows_.values[node[0]];
  }
  bool pure() const { return pure_; }
  void add_leaf(Tree& tree) const { tree.shares.push_back({0, mean_}); }

  void all_right() {
    left_sum_ = left_weight_ = 0.0;
    right_weight_ = weight_;
  }
  void to_left(std::uint32_t row, double w) {
    left_sum_ += w * (rows_.values[row] - mean_);
    left_weight_ += w;
    right_weight_ -= w;
  }
  /// The right sum is the left one with its sign turned.
  double score() const { return left_sum_ * left_sum_ * (1.0 / left_weight_ + 1.0 / right_weight_); }

 private:
  const GrowingRows& rows_;
  bool pure_ = false;
  double mean_ = 0.0, weight_ = 0.0, left_weight_ = 0.0, right_weight_ = 0.0, left_sum_ = 0.0;
};

/// A value and its row in one number that sorts as the value does.
std::uint64_t sort_key(float value, std::uint32_t row) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value == 0.0F ? 0.0F : value);
  bits = (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
  return (static_cast<std::uint64_t>(bits) << 32) | row;
}

/// Exact, and so never the greater of the two.
double middle(float below, float above) {
  return 0.5 * static_cast<double>(below) + 0.5 * static_cast<double>(above);
}

template <typename Sides>
class Grower {
 public:
  Grower(const GrowingRows& rows, std::uint64_t seed)
      : rows_(rows), random_(seed), sides_(rows), weights_(rows.n_rows), order_(rows.n_columns) {
    const double n_tried = rows.n_classes > 0 ? std::sqrt(static_cast<double>(rows.n_columns)) : rows.n_columns;
    n_tried_ = std::max<std::size_t>(1, static_cast<std::size_t>(n_tried));
    for (std::size_t i = 0; i < rows.n_columns; ++i) order_[i] = static_cast<std::uint32_t>(i);
    bootstrap();
  }

  Tree grow() {
    struct Waiting {
      std::size_t begin, end;
      std::int64_t parent;  // whose right child it is, or -1
    };
    std::vector<Waiting> waiting{{0, sample_.size(), -1}};
    while (!waiting.empty()) {
      const Waiting node = waiting.back();
      waiting.pop_back();
      if (node.parent >= 0) tree_.nodes[node.parent].next = static_cast<std::uint32_t>(tree_.nodes.size());
      const std::size_t middle = add_node(node.begin, node.end);
      if (middle == node.begin) continue;
      waiting.push_back({middle, node.end, static_cast<std::int64_t>(tree_.nodes.size()) - 1});
      waiting.push_back({node.begin, middle, -1});
    }
    return std::move(tree_);
  }

 private:
  void bootstrap() {
    // A sample of nothing but rows of weight 0 has nothing to say.
    while (sample_.empty()) {
      std::fill(weights_.begin(), weights_.end(), 0.0);
      for (std::size_t i = 0; i < rows_.n_rows; ++i) {
        const std::size_t row = random_() % rows_.n_rows;
        weights_[row] += rows_.weights[row];
      }
      for (std::size_t row = 0; row < rows_.n_rows; ++row) {
        if (weights_[row] > 0.0) sample_.push_back(static_cast<std::uint32_t>(row));
      }
    }
  }

  /// Adds the node of rows begin..end of the sample and puts those that go left first. Returns where those that go
  /// right begin, or `begin` for a leaf.
  std::size_t add_node(std::size_t begin, std::size_t end) {
    const std::span<std::uint32_t> node(sample_.data() + begin, end - begin);
    sides_.start(node, weights_);
    best_ = {};
    if (node.size() > 1 && !sides_.pure()) find_split(node);
    if (best_.column < 0) {
      const std::size_t first = tree_.shares.size();
      sides_.add_leaf(tree_);
      tree_.nodes.push_back(
          {-static_cast<std::int32_t>(tree_.shares.size() - first), static_cast<std::uint32_t>(first), 0.0});
      return begin;
    }
    tree_.nodes.push_back({best_.column, 0, best_.threshold});
    const float* column = rows_.columns.data() + static_cast<std::size_t>(best_.column) * rows_.n_rows;
    const auto right =
        std::partition(node.begin(), node.end(), [&](std::uint32_t row) { return column[row] <= best_.threshold; });
    return begin + static_cast<std::size_t>(right - node.begin());
  }

  /// As scikit-learn: columns that do not vary in the node count as tried, but one that does is always among them.
  void find_split(std::span<const std::uint32_t> node) {
    for (std::size_t i = 0; i < order_.size() && (i < n_tried_ || best_.column < 0); ++i) {
      std::swap(order_[i], order_[i + random_() % (order_.size() - i)]);
      try_column(order_[i], node);
    }
  }

  void try_column(std::uint32_t index, std::span<const std::uint32_t> node) {
    const float* column = rows_.columns.data() + index * rows_.n_rows;
    keys_.resize(node.size());
    for (std::size_t i = 0; i < node.size(); ++i) keys_[i] = sort_key(column[node[i]], node[i]);
    std::sort(keys_.begin(), keys_.end());
    sides_.all_right();
    for (std::size_t i = 0; i + 1 < keys_.size(); ++i) {
      const auto row = static_cast<std::uint32_t>(keys_[i]);
      sides_.to_left(row, weights_[row]);
      if (keys_[i] >> 32 == keys_[i + 1] >> 32) continue;
      // Rounding may reduce the right side's weight to 0 beside a very large one.
      const double score = std::isfinite(sides_.score()) ? sides_.score() : -1.0;
      if (best_.column >= 0 && !(score > best_.score)) continue;
      best_ = {static_cast<std::int32_t>(index), middle(column[row], column[static_cast<std::uint32_t>(keys_[i + 1])]),
               score};
    }
  }

  struct Split {
    std::int32_t column = -1;
    double threshold = 0.0;
    double score = 0.0;
  };
  const GrowingRows& rows_;
  std::mt19937_64 random_;
  Sides sides_;
  std::size_t n_tried_ = 1;
  std::vector<double> weights_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> sample_;
  std::vector<std::uint64_t> keys_;
  Split best_;
  Tree tree_;
};

}  // namespace

Tree grow_tree(const GrowingRows& rows, std::uint64_t seed) {
  return rows.n_classes > 0 ? Grower<ClassSides>(rows, seed).grow() : Grower<NumberSides>(rows, seed).grow();
}

}  // namespace hitscope::models::classical
