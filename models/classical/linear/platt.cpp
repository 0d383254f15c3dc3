#include "models/classical/linear/platt.h"

#include <algorithm>
#include <map>
#include <random>

#include "models/classical/linear/losses.h"
#include "models/data/fold_assignment.h"

namespace hitscope::models::classical::linear {
namespace {

/// Cross-entropy against a target between 0 and 1.
struct SoftTargetLoss {
  std::span<const int> targets;
  int positive;
  double high;
  double low;

  LossTerms operator()(std::size_t row, double z) const {
    const double t = targets[row] == positive ? high : low;
    const double p = sigmoid(z);
    return {softplus(z) - t * z, p - t, p * (1.0 - p)};
  }
};

}  // namespace

Sigmoid fit_sigmoid(std::span<const double> scores, std::span<const int> targets, int positive,
                    std::span<const double> weights) {
  double n_positive = 0.0;
  double n_negative = 0.0;
  data::Matrix column{scores.size(), 1, {}};
  for (std::size_t row = 0; row < scores.size(); ++row) {
    (targets[row] == positive ? n_positive : n_negative) += weights.empty() ? 1.0 : weights[row];
    column.values.push_back(static_cast<float>(scores[row]));
  }
  const SoftTargetLoss loss{targets, positive, (n_positive + 1.0) / (n_positive + 2.0), 1.0 / (n_negative + 2.0)};
  const LinearOutput fitted = Newton(column, weights, loss, Penalty{}, 1).solve({});
  return {fitted.weight[0], fitted.bias};
}

std::vector<int> inner_folds(std::span<const int> targets, int n_folds, std::uint64_t seed) {
  std::map<int, int> counts;
  for (const int target : targets) ++counts[target];
  int rarest = n_folds;
  for (const auto& [target, n] : counts) rarest = std::min(rarest, n);
  std::mt19937_64 random(seed);
  return data::stratified_folds(data::number_classes(targets, targets.size()), std::max(2, rarest), &random);
}

}  // namespace hitscope::models::classical::linear
