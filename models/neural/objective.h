// What a network minimises: the targets, the cost of outputs given them, and the score by which the best epoch is
// chosen.
//
// Costs come as a sum and its weight, so that the mean over all rows does not depend on how batches and processes
// divide them. Internal to models (includes LibTorch).
// Thread safety: immutable; any number of threads.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <vector>

#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural {

class Objective {
 public:
  /// Cross-entropy. `targets` [n_rows], 0..n_classes-1, is borrowed, as are values below. `class_weights` [n_classes]
  /// multiply the loss of a row by its class; empty: all 1.
  static Objective classes(std::span<const int> targets, std::vector<double> class_weights = {});
  /// Squared error of outputs [n, 1]. `values` [n_rows] are standardised.
  static Objective values(std::span<const double> values);
  /// Pairwise ranking: for each two rows of different value, the logistic loss of the difference of their scores
  /// (Burges and others, 2005).
  static Objective ranking(std::span<const double> values);

  /// Whether costs are of pairs of rows, so that a batch cannot be divided.
  bool is_by_pairs() const { return by_pairs_; }
  bool has_classes() const { return !targets_.empty(); }
  /// [n_rows], classes for samplers; empty for values.
  std::span<const int> targets() const { return targets_; }

  /// Sum of the costs of outputs [n, n_outputs], float32, of which row i belongs to rows[i].
  torch::Tensor cost(const torch::Tensor& output, std::span<const std::size_t> rows, double label_smoothing = 0.0,
                     double focal_gamma = 0.0) const;
  /// The divisor of that sum: the number of rows, the sum of their class weights, or the number of pairs. 0 if no two
  /// rows differ in a ranking.
  double weight(std::span<const std::size_t> rows) const;
  /// Mean cost of outputs [n, n_outputs] of many rows; pairs are made within blocks of 256 rows.
  double mean_cost(const torch::Tensor& output, std::span<const std::size_t> rows) const;
  /// The score `metric` of outputs [n, n_outputs]; for kLoss macro-F1 of classes, R2 of values, Spearman of a ranking.
  double metric(const torch::Tensor& output, std::span<const std::size_t> rows, recipes::StopMetric metric) const;

 private:
  torch::Tensor picked(std::span<const std::size_t> rows) const;  // classes as int64 or values as float32, [n]

  std::span<const int> targets_;
  std::span<const double> values_;
  bool by_pairs_ = false;
  torch::Tensor class_weights_;  // undefined: all 1
};

}  // namespace hitscope::models::neural
