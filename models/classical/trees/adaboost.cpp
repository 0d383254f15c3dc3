#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "models/classical/trees/ensemble.h"
#include "models/classical/trees/growing_rows.h"
#include "models/classical/trees/trees_rows.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

class AdaBoost {
 public:
  AdaBoost(const TreeRows& train, const TreesOptions& options, const AdaBoostConfig& config)
      : train_(train),
        options_(options),
        config_(config),
        rows_(train, options),
        model_{is_of_classes() ? Combining::kVote : Combining::kMedian,
               options.n_classes,
               train.features.n_columns,
               {},
               {},
               {}},
        weights_(rows_.weights),
        random_(options.seed) {
    rules_.max_depth = config.max_depth > 0 ? config.max_depth : is_of_classes() ? 1 : 3;
    normalise();
  }

  FittedTrees run() {
    for (int round = 0; round < config_.n_estimators; ++round) {
      if (options_.stop != nullptr && *options_.stop) return {};
      if (!(is_of_classes() ? add_for_classes() : add_for_numbers())) break;
    }
    return {ensemble_of(std::move(model_), options_.n_threads), {}};
  }

 private:
  bool is_of_classes() const { return options_.n_classes > 0; }
  std::size_t n_rows() const { return train_.features.n_rows; }
  void normalise() {
    const double all = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    for (double& w : weights_) w /= all;
  }
  void keep(Tree tree, double weight) {
    model_.trees.push_back(std::move(tree));
    model_.weights.push_back(weight);
  }
  Tree grow(std::span<const double> weights) {
    return grow_tree(rows_.columns, rows_.answers, weights, rules_, random_(), options_.n_threads);
  }
  const float* values_of(std::size_t row) const { return train_.features.values.data() + row * model_.n_columns; }

  /// SAMME. False where no further tree helps.
  bool add_for_classes() {
    Tree tree = grow(weights_);
    std::vector<char> is_wrong(n_rows());
    data::in_blocks(n_rows(), options_.n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        is_wrong[row] = static_cast<int>(class_of(tree.leaf_of(values_of(row)))) != train_.targets[row] ? 1 : 0;
      }
    });
    double error = 0.0;
    for (std::size_t row = 0; row < n_rows(); ++row) error += is_wrong[row] != 0 ? weights_[row] : 0.0;
    if (error <= 0.0) {
      keep(std::move(tree), 1.0);
      return false;
    }
    const auto k = static_cast<double>(options_.n_classes);
    if (error >= 1.0 - 1.0 / k) {  // no better than chance
      if (model_.trees.empty()) keep(std::move(tree), 1.0);
      return false;
    }
    const double weight = config_.learning_rate * (std::log((1.0 - error) / error) + std::log(k - 1.0));
    for (std::size_t row = 0; row < n_rows(); ++row) {
      if (is_wrong[row] != 0) weights_[row] *= std::exp(weight);
    }
    normalise();
    keep(std::move(tree), weight);
    return true;
  }

  /// How often each row is drawn, by its weight.
  std::vector<double> bootstrap() {
    std::vector<double> ends(n_rows());
    std::partial_sum(weights_.begin(), weights_.end(), ends.begin());
    std::vector<double> drawn(n_rows(), 0.0);
    std::uniform_real_distribution<double> share(0.0, ends.back());
    for (std::size_t i = 0; i < n_rows(); ++i) {
      const auto at = std::upper_bound(ends.begin(), ends.end(), share(random_));
      drawn[std::min(n_rows() - 1, static_cast<std::size_t>(at - ends.begin()))] += 1.0;
    }
    return drawn;
  }

  /// AdaBoost.R2 with the linear loss.
  bool add_for_numbers() {
    Tree tree = grow(bootstrap());
    std::vector<double> errors(n_rows());
    data::in_blocks(n_rows(), options_.n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        errors[row] = std::abs(tree.leaf_of(values_of(row)).front().share - train_.values[row]);
      }
    });
    double most = 0.0;
    for (std::size_t row = 0; row < n_rows(); ++row) most = weights_[row] > 0.0 ? std::max(most, errors[row]) : most;
    double error = 0.0;
    for (std::size_t row = 0; row < n_rows(); ++row) error += weights_[row] * (most > 0.0 ? errors[row] / most : 0.0);
    if (error <= 0.0) {
      keep(std::move(tree), 1.0);
      return false;
    }
    if (error >= 0.5) {
      if (model_.trees.empty()) keep(std::move(tree), 1.0);
      return false;
    }
    const double beta = error / (1.0 - error);
    for (std::size_t row = 0; row < n_rows(); ++row) {
      weights_[row] *= std::pow(beta, (1.0 - errors[row] / most) * config_.learning_rate);
    }
    normalise();
    keep(std::move(tree), config_.learning_rate * std::log(1.0 / beta));
    return true;
  }

  const TreeRows& train_;
  const TreesOptions& options_;
  const AdaBoostConfig& config_;
  GrowingRows rows_;
  EnsembleModel model_;
  TreeRules rules_;
  std::vector<double> weights_;  // of the rows in this round
  std::mt19937_64 random_;
};

}  // namespace

FittedTrees fit_adaboost(const TreeRows& train, const TreesOptions& options, const AdaBoostConfig& config) {
  check_rows(train, options, "train");
  check_at_least_one("n_estimators", config.n_estimators);
  return AdaBoost(train, options, config).run();
}

}  // namespace hitscope::models::classical::trees
