#include "apps/runs/pooled_folds.h"

#include <numeric>

#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::apps::runs {
namespace {

using models::evaluation::LeaderboardRow;

LeaderboardRow row_of_values(const PooledFolds& pooled, const std::string& name, const std::vector<double>& values,
                             std::uint64_t seed) {
  const std::span<const double> targets = pooled.target_values;
  const double mean = std::accumulate(targets.begin(), targets.end(), 0.0) / static_cast<double>(targets.size());
  LeaderboardRow row;
  row.name = name;
  row.values = models::evaluation::score_values(targets, values);
  row.values_uncertainty = models::evaluation::bootstrap(targets, values, mean, pooled.groups, seed);
  return row;
}

LeaderboardRow row_of_classes(const PooledFolds& pooled, const std::string& name, const std::vector<int>& classes,
                              std::uint64_t seed) {
  const int constant = models::evaluation::majority_baseline(pooled.targets, pooled.n_classes, 1).predicted(0);
  LeaderboardRow row;
  row.name = name;
  row.scores = models::evaluation::score_classes(pooled.targets, classes, pooled.n_classes, false);
  row.uncertainty =
      models::evaluation::bootstrap(pooled.targets, classes, pooled.n_classes, constant, pooled.groups, seed);
  return row;
}

}  // namespace

void pool(PooledFolds& pooled, const examples::TrainData& data, const SplitResult& fold) {
  pooled.n_classes = fold.dataset.n_classes;
  for (const std::size_t row : fold.test) {
    if (fold.labels.is_regression()) {
      pooled.target_values.push_back(fold.dataset.values[row]);
    } else {
      pooled.targets.push_back(fold.dataset.targets[row]);
    }
    pooled.groups.push_back(data.groups[row]);
  }
  for (const auto& [name, predicted] : fold.predictions) {
    for (std::size_t i = 0; i < predicted.n_rows; ++i) {
      pooled.heads[name].classes.push_back(predicted.predicted(i));
    }
  }
  for (const auto& [name, values] : fold.values) {
    std::vector<double>& all = pooled.heads[name].values;
    all.insert(all.end(), values.begin(), values.end());
  }
}

std::vector<LeaderboardRow> pooled_rows(const PooledFolds& pooled, std::uint64_t seed) {
  std::vector<LeaderboardRow> rows;
  for (const auto& [name, head] : pooled.heads) {
    rows.push_back(pooled.targets.empty() ? row_of_values(pooled, name, head.values, seed)
                                          : row_of_classes(pooled, name, head.classes, seed));
  }
  return rows;
}

}  // namespace hitscope::apps::runs
