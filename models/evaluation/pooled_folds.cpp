#include "models/evaluation/pooled_folds.h"

#include <stdexcept>

#include "models/data/quantile.h"
#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {
namespace {

using data::Classes;
using data::Targets;
using data::Values;

/// What a head answered, class by class or value by value.
struct AnswersOf {
  Targets operator()(const data::Probabilities& p) const { return Classes{p.predicted_classes(), p.n_classes}; }
  Targets operator()(const Values& values) const { return values; }
};

struct Append {
  void operator()(Classes& all, const Classes& more) const {
    all.n_classes = more.n_classes;
    all.labels.insert(all.labels.end(), more.labels.begin(), more.labels.end());
  }
  void operator()(Values& all, const Values& more) const {
    all.values.insert(all.values.end(), more.values.begin(), more.values.end());
  }
  template <typename A, typename B>
  void operator()(A&, const B&) const {
    throw std::invalid_argument("folds of classes and folds of values cannot be pooled");
  }
};

struct Judge {
  const PooledFolds& pooled;
  std::uint64_t seed;

  Result operator()(const Classes& targets, const Classes& answers) const {
    const int constant = majority_baseline(targets.labels, targets.n_classes, 1).predicted(0);
    return ClassResult{score_classes(targets.labels, answers.labels, targets.n_classes, false),
                       bootstrap(targets.labels, answers.labels, targets.n_classes, constant, pooled.groups, seed)};
  }
  Result operator()(const Values& targets, const Values& answers) const {
    const std::span<const double> truth = targets.values;
    return ValueResult{score_values(truth, answers.values),
                       bootstrap(truth, answers.values, data::median_of(targets.values), pooled.groups, seed)};
  }
  template <typename A, typename B>
  Result operator()(const A&, const B&) const {
    throw std::invalid_argument("a head for values cannot be judged by classes, nor the reverse");
  }
};

}  // namespace

void pool(PooledFolds& pooled, const Targets& targets, std::span<const std::string> groups,
          const std::map<std::string, data::Predictions>& predictions) {
  if (pooled.targets) {
    std::visit(Append{}, *pooled.targets, targets);
  } else {
    pooled.targets = targets;
  }
  pooled.groups.insert(pooled.groups.end(), groups.begin(), groups.end());
  for (const auto& [name, predicted] : predictions) {
    const Targets answers = std::visit(AnswersOf{}, predicted);
    const auto [known, is_new] = pooled.answers.emplace(name, answers);
    if (!is_new) std::visit(Append{}, known->second, answers);
  }
}

std::vector<LeaderboardRow> pooled_rows(const PooledFolds& pooled, std::uint64_t seed) {
  std::vector<LeaderboardRow> rows;
  for (const auto& [name, answers] : pooled.answers) {
    rows.push_back({.name = name,
                    .result = std::visit(Judge{pooled, seed}, *pooled.targets, answers),
                    .n_rows = pooled.groups.size()});
  }
  return rows;
}

}  // namespace hitscope::models::evaluation
