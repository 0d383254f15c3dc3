// What a network learns from: targets, and what its outputs cost and are worth beside them.
//
// Costs come as a sum and its weight, so that batches of any size, in any number of processes, add up to the mean of
// all. Internal to models (includes LibTorch). Thread safety: immutable.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <vector>

#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural {

class Objective {
 public:
  /// `targets` by row, 0..n_classes-1; borrowed, as are values. `class_weights` of the loss; empty: all 1.
  static Objective classes(std::span<const int> targets, std::vector<double> class_weights = {});
  /// Squared error of [n, 1] outputs. `values` by row, standardised.
  static Objective values(std::span<const double> values);
  /// Of each two rows of different value: the logistic loss of the difference of their scores (Burges and others,
  /// 2005).
  static Objective ranking(std::span<const double> values);

  /// Rows cost something only beside others: a batch cannot be divided.
  bool is_by_pairs() const { return by_pairs_; }
  bool has_classes() const { return !targets_.empty(); }
  /// By class, for samplers; empty for values.
  std::span<const int> targets() const { return targets_; }

  /// Sum of the costs of outputs [n, n_outputs], float32, of which row i belongs to rows[i].
  torch::Tensor cost(const torch::Tensor& output, std::span<const std::size_t> rows, double label_smoothing = 0.0,
                     double focal_gamma = 0.0) const;
  /// What that sum is to be divided by: rows, their class weights, or pairs. 0 where rows have nothing to tell apart.
  double weight(std::span<const std::size_t> rows) const;
  /// Mean cost of outputs of many rows; pairs are made within stretches of 256 rows.
  double mean_cost(const torch::Tensor& output, std::span<const std::size_t> rows) const;
  /// kLoss: macro-F1 of classes, R2 of values, Spearman of a ranking.
  double metric(const torch::Tensor& output, std::span<const std::size_t> rows, recipes::StopMetric metric) const;

 private:
  torch::Tensor picked(std::span<const std::size_t> rows) const;  // classes as int64 or values as float32, [n]

  std::span<const int> targets_;
  std::span<const double> values_;
  bool by_pairs_ = false;
  torch::Tensor class_weights_;  // undefined: all 1
};

}  // namespace hitscope::models::neural
