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

Recipe RecipeChoice::over(const Recipe& own) const {
  dsp::check_fields(*this);
  Recipe recipe = own;
  recipe.weight_decay = weight_decay.value_or(own.weight_decay);
  recipe.label_smoothing = label_smoothing.value_or(own.label_smoothing);
  recipe.schedule = schedule.value_or(own.schedule);
  recipe.warm_up = warm_up.value_or(own.warm_up);
  recipe.clip_norm = clip_norm.value_or(own.clip_norm);
  recipe.ema_decay = ema_decay.value_or(own.ema_decay);
  recipe.focal_gamma = focal_gamma;
  recipe.accumulate = accumulate;
  recipe.balanced_batches = balanced_batches;
  recipe.stop_metric = stop_metric;
  return recipe;
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
