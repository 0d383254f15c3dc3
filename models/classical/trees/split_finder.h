// Finds the best split of a node's rows. Internal to models/classical.
// Thread safety: one thread per finder.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "models/classical/trees/tree_grower.h"

namespace hitscope::models::classical::trees {

/// Numbers of one node and of the side of a split that is its left one. The greatest score is the least impurity.
/// Weights of classes, by Gini's impurity or entropy.
class ClassSides {
 public:
  ClassSides(const Answers& answers, std::span<const double> weights, bool is_entropy)
      : answers_(answers),
        weights_(weights),
        is_entropy_(is_entropy),
        node_(static_cast<std::size_t>(answers.n_classes)),
        left_(node_) {}

  static constexpr bool kHasClasses = true;
  std::size_t n_cells() const { return node_.size(); }
  /// Adds a row to the cells of its group.
  void add(std::uint32_t row, double* cells) const { cells[answers_.targets[row]] += weights_[row]; }

  void start(std::span<const std::uint32_t> rows) {
    std::fill(node_.begin(), node_.end(), 0.0);
    for (const std::uint32_t row : rows) node_[static_cast<std::size_t>(answers_.targets[row])] += weights_[row];
    weight_ = 0.0;
    node_terms_ = 0.0;
    for (const double w : node_) {
      weight_ += w;
      node_terms_ += term(w);
    }
  }
  bool is_pure() const {
    return std::count_if(node_.begin(), node_.end(), [](double w) { return w > 0.0; }) <= 1;
  }
  double weight() const { return weight_; }
  /// Impurity times weight.
  double risk() const {
    return is_entropy_ ? term(weight_) - node_terms_ : weight_ - (weight_ > 0.0 ? node_terms_ / weight_ : 0.0);
  }
  void add_leaf(Tree& tree) const {
    for (std::uint32_t c = 0; c < node_.size(); ++c) {
      if (node_[c] > 0.0) tree.shares.push_back({c, node_[c] / weight_});
    }
  }

  void all_right() {
    std::fill(left_.begin(), left_.end(), 0.0);
    left_weight_ = left_terms_ = 0.0;
    right_terms_ = node_terms_;
  }
  void to_left(const double* cells) {
    for (std::size_t c = 0; c < left_.size(); ++c) {
      const double w = cells[c];
      if (w == 0.0) continue;
      const double right = node_[c] - left_[c];
      if (is_entropy_) {
        left_terms_ += term(left_[c] + w) - term(left_[c]);
        right_terms_ += term(right - w) - term(right);
      } else {
        left_terms_ += w * (2.0 * left_[c] + w);
        right_terms_ += w * (w - 2.0 * right);
      }
      left_[c] += w;
      left_weight_ += w;
    }
  }
  double score() const {
    const double right_weight = weight_ - left_weight_;
    if (is_entropy_) return left_terms_ - term(left_weight_) + right_terms_ - term(right_weight);
    return left_terms_ / left_weight_ + right_terms_ / right_weight;
  }

 private:
  double term(double w) const { return is_entropy_ ? (w > 0.0 ? w * std::log(w) : 0.0) : w * w; }

  const Answers& answers_;
  std::span<const double> weights_;
  bool is_entropy_;
  std::vector<double> node_, left_;
  double weight_ = 0.0, node_terms_ = 0.0, left_weight_ = 0.0, left_terms_ = 0.0, right_terms_ = 0.0;
};

/// Sums of numbers, from the node's mean, so that squares of large ones do not swallow their differences.
class NumberSides {
 public:
  NumberSides(const Answers& answers, std::span<const double> weights, bool) : answers_(answers), weights_(weights) {}

  static constexpr bool kHasClasses = false;
  std::size_t n_cells() const { return 2; }
  void add(std::uint32_t row, double* cells) const {
    cells[0] += weights_[row];
    cells[1] += weights_[row] * (answers_.values[row] - mean_);
  }

  void start(std::span<const std::uint32_t> rows) {
    weight_ = 0.0;
    double sum = 0.0;
    is_pure_ = true;
    const double first = answers_.values[rows[0]];
    for (const std::uint32_t row : rows) {
      weight_ += weights_[row];
      sum += weights_[row] * (answers_.values[row] - first);
      is_pure_ = is_pure_ && answers_.values[row] == first;
    }
    mean_ = is_pure_ ? first : first + sum / weight_;
    squares_ = 0.0;
    rest_ = 0.0;
    for (const std::uint32_t row : rows) {
      const double from_mean = answers_.values[row] - mean_;
      squares_ += weights_[row] * from_mean * from_mean;
      rest_ += weights_[row] * from_mean;
    }
  }
  bool is_pure() const { return is_pure_; }
  double weight() const { return weight_; }
  double risk() const { return squares_; }
  void add_leaf(Tree& tree) const { tree.shares.push_back({0, mean_}); }

  void all_right() { left_weight_ = left_sum_ = 0.0; }
  void to_left(const double* cells) {
    left_weight_ += cells[0];
    left_sum_ += cells[1];
  }
  double score() const {
    const double right_sum = rest_ - left_sum_;
    return left_sum_ * left_sum_ / left_weight_ + right_sum * right_sum / (weight_ - left_weight_);
  }

 private:
  const Answers& answers_;
  std::span<const double> weights_;
  double weight_ = 0.0, mean_ = 0.0, squares_ = 0.0, rest_ = 0.0, left_weight_ = 0.0, left_sum_ = 0.0;
  bool is_pure_ = true;
};

/// Rows of these ranks and below go left.
struct Split {
  std::int32_t column = -1;
  std::uint32_t rank = 0;
  double threshold = 0.0;
  double score = 0.0;
};

template <typename Sides>
class SplitFinder {
 public:
  SplitFinder(const RankedColumns& columns, const TreeRules& rules) : columns_(columns), rules_(rules) {}

  /// The best split at this column; none where it does not vary. `sides` has been started with the node.
  Split best(std::size_t column, std::span<const std::uint32_t> rows, Sides& sides) {
    Split split;
    const std::size_t n_values = columns_.values(column).size();
    // Counting per rank costs a pass over the ranks, sorting several over the rows.
    if (n_values * sides.n_cells() <= 8 * rows.size()) {
      count(column, rows, sides, split);
    } else {
      sort(column, rows, sides, split);
    }
    return split;
  }

  /// The split at a threshold that `share`, 0..1, draws between the node's least and greatest value.
  Split random(std::size_t column, std::span<const std::uint32_t> rows, Sides& sides, double share) {
    const std::uint32_t* ranks = columns_.ranks(column);
    std::uint32_t least = ranks[rows[0]];
    std::uint32_t most = least;
    for (const std::uint32_t row : rows) {
      least = std::min(least, ranks[row]);
      most = std::max(most, ranks[row]);
    }
    if (least == most) return {};
    const std::vector<float>& values = columns_.values(column);
    const auto low = static_cast<double>(values[least]);
    const auto high = static_cast<double>(values[most]);
    double threshold = low + share * (high - low);
    if (!(threshold < high)) threshold = low;
    const auto end = std::upper_bound(values.begin() + least, values.begin() + most, threshold,
                                      [](double t, float v) { return t < static_cast<double>(v); });
    const auto rank = static_cast<std::uint32_t>(end - values.begin()) - 1;
    cells_.assign(sides.n_cells(), 0.0);
    std::size_t n_left = 0;
    for (const std::uint32_t row : rows) {
      if (ranks[row] > rank) continue;
      sides.add(row, cells_.data());
      ++n_left;
    }
    sides.all_right();
    sides.to_left(cells_.data());
    const bool is_allowed = n_left >= rules_.min_samples_leaf && rows.size() - n_left >= rules_.min_samples_leaf;
    // A column that varies was tried, even where its split leaves too few rows on a side.
    if (!is_allowed) return {static_cast<std::int32_t>(column), rank, threshold, -INFINITY};
    return {static_cast<std::int32_t>(column), rank, threshold, finite(sides.score())};
  }

 private:
  /// Rounding may reduce the right side's weight to 0 beside a very large one.
  static double finite(double score) { return std::isfinite(score) ? score : -1e300; }

  /// Groups of equal rank, one after the other.
  class Scan {
   public:
    Scan(SplitFinder& finder, std::size_t column, std::size_t n_rows, Sides& sides, Split& best)
        : finder_(finder), column_(column), n_rows_(n_rows), sides_(sides), best_(best) {
      sides.all_right();
    }
    void group(std::uint32_t rank, const double* cells, std::size_t n) {
      if (n_left_ > 0) consider(rank);
      sides_.to_left(cells);
      n_left_ += n;
      last_ = rank;
    }

   private:
    void consider(std::uint32_t rank) {
      const std::size_t least = finder_.rules_.min_samples_leaf;
      if (best_.column < 0) best_ = {static_cast<std::int32_t>(column_), 0, 0.0, -INFINITY};  // it varies
      if (n_left_ < least || n_rows_ - n_left_ < least) return;
      const double score = finite(sides_.score());
      if (!(score > best_.score)) return;
      best_ = {static_cast<std::int32_t>(column_), last_, finder_.columns_.threshold(column_, last_, rank), score};
    }

    SplitFinder& finder_;
    std::size_t column_;
    std::size_t n_rows_;
    Sides& sides_;
    Split& best_;
    std::size_t n_left_ = 0;
    std::uint32_t last_ = 0;
  };

  void count(std::size_t column, std::span<const std::uint32_t> rows, Sides& sides, Split& split) {
    const std::uint32_t* ranks = columns_.ranks(column);
    const std::size_t n_values = columns_.values(column).size();
    const std::size_t n_cells = sides.n_cells();
    cells_.assign(n_values * n_cells, 0.0);
    counts_.assign(n_values, 0);
    for (const std::uint32_t row : rows) {
      const std::uint32_t rank = ranks[row];
      ++counts_[rank];
      sides.add(row, cells_.data() + rank * n_cells);
    }
    Scan scan(*this, column, rows.size(), sides, split);
    for (std::uint32_t rank = 0; rank < n_values; ++rank) {
      if (counts_[rank] > 0) scan.group(rank, cells_.data() + rank * n_cells, counts_[rank]);
    }
  }

  void sort(std::size_t column, std::span<const std::uint32_t> rows, Sides& sides, Split& split) {
    constexpr std::size_t kFew = 512;
    const std::uint32_t* ranks = columns_.ranks(column);
    keys_.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      keys_[i] = static_cast<std::uint64_t>(ranks[rows[i]]) << 32U | rows[i];
    if (rows.size() < kFew) {
      std::sort(keys_.begin(), keys_.end());
    } else {
      spare_.resize(keys_.size());
      radix_sort(keys_, spare_, static_cast<unsigned>(std::bit_width(columns_.values(column).size())));
    }
    const std::size_t n_cells = sides.n_cells();
    cells_.resize(n_cells);
    Scan scan(*this, column, rows.size(), sides, split);
    for (std::size_t i = 0; i < keys_.size();) {
      const auto rank = static_cast<std::uint32_t>(keys_[i] >> 32U);
      std::fill(cells_.begin(), cells_.end(), 0.0);
      const std::size_t begin = i;
      for (; i < keys_.size() && keys_[i] >> 32U == rank; ++i) {
        sides.add(static_cast<std::uint32_t>(keys_[i]), cells_.data());
      }
      scan.group(rank, cells_.data(), i - begin);
    }
  }

  const RankedColumns& columns_;
  const TreeRules& rules_;
  std::vector<double> cells_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint64_t> spare_;
};

}  // namespace hitscope::models::classical::trees
