#include <cmath>
#include <random>
#include <stdexcept>

#include "models/classical/trees/ensemble.h"
#include "models/classical/trees/growing_rows.h"
#include "models/classical/trees/trees.h"
#include "models/classical/trees/trees_rows.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

/// How often each row is drawn, times its weight; drawn again where nothing but rows of weight 0 was.
std::vector<double> bootstrap(std::span<const double> weights, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> drawn(weights.size());
  bool is_empty = true;
  while (is_empty) {
    std::fill(drawn.begin(), drawn.end(), 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::size_t row = random() % weights.size();
      drawn[row] += weights[row];
      is_empty = is_empty && weights[row] == 0.0;
    }
  }
  return drawn;
}

}  // namespace

FittedTrees fit_random_forest(const TreeRows& train, const TreesOptions& options, const ForestConfig& config) {
  check_rows(train, options, "train");
  check_at_least_one("n_estimators", config.n_estimators);
  const GrowingRows rows(train, options);
  TreeRules rules = config.rules;
  if (rules.max_features == 0 && options.n_classes > 0) {
    rules.max_features = static_cast<std::size_t>(std::sqrt(static_cast<double>(rows.columns.n_columns())));
  }
  // A seed per tree, so that which thread grows it does not matter.
  std::mt19937_64 random(options.seed);
  std::vector<std::uint64_t> seeds(static_cast<std::size_t>(config.n_estimators));
  for (std::uint64_t& seed : seeds) seed = random();
  EnsembleModel model{Combining::kMean, options.n_classes, train.features.n_columns, {}, {}, {}};
  model.trees.resize(seeds.size());
  const bool is_alone = seeds.size() == 1;
  data::in_parallel(seeds.size(), options.n_threads, [&](std::size_t i) {
    if (options.stop != nullptr && *options.stop) return;
    model.trees[i] =
        config.has_bootstrap
            ? grow_tree(rows.columns, rows.answers, bootstrap(rows.weights, seeds[i]), rules, seeds[i])
            : grow_tree(rows.columns, rows.answers, rows.weights, rules, seeds[i], is_alone ? options.n_threads : 1);
  });
  if (options.stop != nullptr && *options.stop) return {};
  return {ensemble_of(std::move(model), options.n_threads), {}};
}

}  // namespace hitscope::models::classical::trees
