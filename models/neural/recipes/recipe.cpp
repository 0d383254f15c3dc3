#include "models/neural/recipes/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hitscope::models::neural::recipes {
namespace {

/// From `from` to `to` by half a cosine, at `share` of the way.
double by_cosine(double from, double to, double share) {
  return to + 0.5 * (from - to) * (1.0 + std::cos(std::numbers::pi * share));
}

/// The rate of torch.optim.lr_scheduler.OneCycleLR with its defaults.
double one_cycle(double highest, double done, double n_steps) {
  constexpr double kUp = 0.3;
  const double first = highest / 25.0;
  const double top = kUp * n_steps - 1.0;
  const double end = n_steps - 1.0;
  if (done <= top) return by_cosine(first, highest, top > 0.0 ? done / top : 1.0);
  return by_cosine(highest, first / 1e4, end > top ? std::min(1.0, (done - top) / (end - top)) : 1.0);
}

}  // namespace

bool needs_classes(StopMetric metric) {
  return metric == StopMetric::kAccuracy || metric == StopMetric::kBalancedAccuracy || metric == StopMetric::kMacroF1 ||
         metric == StopMetric::kQuadraticKappa;
}

bool needs_values(StopMetric metric) {
  return metric == StopMetric::kR2 || metric == StopMetric::kSpearman;
}

bool depends_on_length(const Recipe& recipe) {
  return recipe.schedule != Schedule::kConstant || recipe.warm_up > 0.0;
}

double scheduled_rate(const Recipe& recipe, std::size_t done, std::size_t n_steps) {
  const auto all = static_cast<double>(n_steps);
  if (recipe.schedule == Schedule::kOneCycle) return one_cycle(recipe.learning_rate, static_cast<double>(done), all);
  const double at = static_cast<double>(done) + 1.0;
  const double warm_up = recipe.warm_up > 0.0 ? std::max(1.0, recipe.warm_up * all) : 0.0;
  if (at < warm_up) return recipe.learning_rate * at / warm_up;
  if (recipe.schedule == Schedule::kConstant) return recipe.learning_rate;
  return by_cosine(recipe.learning_rate, 0.0, std::min(1.0, (at - warm_up) / std::max(1.0, all - warm_up)));
}

}  // namespace hitscope::models::neural::recipes
