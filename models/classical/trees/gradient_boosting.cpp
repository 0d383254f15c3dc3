#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "models/classical/class_probabilities.h"
#include "models/classical/trees/ensemble.h"
#include "models/classical/trees/growing_rows.h"
#include "models/classical/trees/trees_rows.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

class GradientBoosting {
 public:
  GradientBoosting(const TreeRows& train, const TreesOptions& options, const GradientBoostingConfig& config)
      : train_(train),
        options_(options),
        config_(config),
        rows_(train, options),
        model_{Combining::kSum, options.n_classes, train.features.n_columns, {}, {}, {}},
        random_(options.seed) {
    begin();
  }

  FittedTrees run() {
    for (int round = 0; round < config_.n_estimators; ++round) {
      if (options_.stop != nullptr && *options_.stop) return {};
      const std::vector<double> weights = drawn();
      if (model_.n_classes > 0) find_probabilities();
      for (std::size_t output = 0; output < model_.n_outputs(); ++output) add_tree(output, weights);
    }
    return {ensemble_of(std::move(model_), options_.n_threads), {}};
  }

 private:
  std::size_t n_rows() const { return train_.features.n_rows; }

  /// The outputs before the first tree: the mean, or the log-odds of the classes.
  void begin() {
    const std::size_t k = model_.n_outputs();
    std::vector<double> sums(std::max<std::size_t>(2, k), 0.0);
    double all = 0.0;
    double mean = 0.0;
    for (std::size_t row = 0; row < n_rows(); ++row) {
      const double w = rows_.weights[row];
      all += w;
      if (model_.n_classes > 0) {
        sums[static_cast<std::size_t>(train_.targets[row])] += w;
      } else if (w > 0.0) {
        mean += (train_.values[row] - mean) * (w / all);
      }
    }
    constexpr double kLeast = 1e-7;  // share of a class without rows
    const auto share = [&](std::size_t c) { return std::clamp(sums[c] / all, kLeast, 1.0 - kLeast); };
    if (model_.n_classes == 0) model_.base = {mean};
    if (model_.n_classes == 2) model_.base = {std::log(share(1) / (1.0 - share(1)))};
    for (std::size_t c = 0; model_.n_classes > 2 && c < k; ++c) model_.base.push_back(std::log(share(c)));
    outputs_.resize(n_rows() * k);
    for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i] = model_.base[i % k];
    residuals_.resize(n_rows());
    leaves_.resize(n_rows());
  }

  /// The rows' weights, 0 for those that this round leaves out.
  std::vector<double> drawn() {
    if (config_.subsample >= 1.0) return rows_.weights;
    const auto wanted =
        std::max<std::size_t>(1, static_cast<std::size_t>(config_.subsample * static_cast<double>(n_rows())));
    std::vector<std::size_t> order(n_rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<double> weights(n_rows(), 0.0);
    for (std::size_t i = 0; i < wanted; ++i) {
      std::swap(order[i], order[i + random_() % (order.size() - i)]);
      weights[order[i]] = rows_.weights[order[i]];
    }
    return weights;
  }

  void find_probabilities() {
    const std::size_t k = model_.n_outputs();
    probabilities_ = outputs_;
    data::in_blocks(n_rows(), options_.n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const std::span<double> p(probabilities_.data() + row * k, k);
        if (k == 1) {
          p[0] = sigmoid(p[0]);
        } else {
          softmax(p);
        }
      }
    });
  }

  bool is_of(std::size_t row, std::size_t output) const {
    return train_.targets[row] == static_cast<int>(model_.n_outputs() == 1 ? 1 : output);
  }

  void add_tree(std::size_t output, const std::vector<double>& weights) {
    const std::size_t k = model_.n_outputs();
    const bool is_of_classes = model_.n_classes > 0;
    data::in_blocks(n_rows(), options_.n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        residuals_[row] = is_of_classes ? (is_of(row, output) ? 1.0 : 0.0) - probabilities_[row * k + output]
                                        : train_.values[row] - outputs_[row];
      }
    });
    Tree tree = grow_tree(rows_.columns, {{}, residuals_, 0}, weights, config_.rules, random_(), options_.n_threads);
    tree.output = static_cast<std::uint32_t>(output);
    data::in_blocks(n_rows(), options_.n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        leaves_[row] = tree.leaf_index(train_.features.values.data() + row * model_.n_columns);
      }
    });
    if (is_of_classes) set_leaves(tree, weights);
    for (LeafShare& share : tree.shares) share.share *= config_.learning_rate;
    for (std::size_t row = 0; row < n_rows(); ++row) {
      outputs_[row * k + output] += tree.shares_of(leaves_[row]).front().share;
    }
    model_.trees.push_back(std::move(tree));
  }

  /// A Newton step in each leaf.
  void set_leaves(Tree& tree, const std::vector<double>& weights) const {
    std::vector<double> slopes(tree.nodes.size(), 0.0);
    std::vector<double> curvatures(tree.nodes.size(), 0.0);
    for (std::size_t row = 0; row < n_rows(); ++row) {
      const double r = residuals_[row];
      slopes[leaves_[row]] += weights[row] * r;
      curvatures[leaves_[row]] += weights[row] * std::abs(r) * (1.0 - std::abs(r));
    }
    const auto k = static_cast<double>(model_.n_classes);
    const double factor = model_.n_classes > 2 ? (k - 1.0) / k : 1.0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      if (!tree.nodes[i].is_leaf()) continue;
      const bool is_flat = std::abs(curvatures[i]) < 1e-150;
      tree.shares[tree.nodes[i].next].share = is_flat ? 0.0 : factor * slopes[i] / curvatures[i];
    }
  }

  const TreeRows& train_;
  const TreesOptions& options_;
  const GradientBoostingConfig& config_;
  GrowingRows rows_;
  EnsembleModel model_;
  std::mt19937_64 random_;
  std::vector<double> outputs_;        // [n_rows, n_outputs]
  std::vector<double> probabilities_;  // [n_rows, n_outputs]
  std::vector<double> residuals_;      // [n_rows]
  std::vector<std::uint32_t> leaves_;  // [n_rows]
};

}  // namespace

FittedTrees fit_gradient_boosting(const TreeRows& train, const TreesOptions& options,
                                  const GradientBoostingConfig& config) {
  check_rows(train, options, "train");
  check_at_least_one("n_estimators", config.n_estimators);
  return GradientBoosting(train, options, config).run();
}

}  // namespace hitscope::models::classical::trees
