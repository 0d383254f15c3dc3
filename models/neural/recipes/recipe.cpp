#include "models/neural/recipes/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace hitscope::models::neural::recipes {
namespace {

template <typename T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

constexpr Names<Schedule, 3> kSchedules{
    {{"constant", Schedule::kConstant}, {"cosine", Schedule::kCosine}, {"one-cycle", Schedule::kOneCycle}}};
constexpr Names<Precision, 2> kPrecisions{{{"float32", Precision::kFloat32}, {"bfloat16", Precision::kBfloat16}}};
constexpr Names<ObjectiveKind, 3> kObjectives{
    {{"plain", ObjectiveKind::kPlain}, {"ordinal", ObjectiveKind::kOrdinal}, {"ranking", ObjectiveKind::kRanking}}};
constexpr Names<StopMetric, 7> kStopMetrics{{{"loss", StopMetric::kLoss},
                                             {"accuracy", StopMetric::kAccuracy},
                                             {"balanced-accuracy", StopMetric::kBalancedAccuracy},
                                             {"macro-f1", StopMetric::kMacroF1},
                                             {"kappa2", StopMetric::kQuadraticKappa},
                                             {"r2", StopMetric::kR2},
                                             {"spearman", StopMetric::kSpearman}}};

template <typename T, std::size_t N>
T named(const Names<T, N>& names, std::string_view name, const char* what) {
  std::string all;
  for (const auto& [known, value] : names) {
    if (known == name) return value;
    all += (all.empty() ? "" : ", ") + std::string(known);
  }
  throw std::invalid_argument(std::string(what) + " '" + std::string(name) + "' is unknown; it must be one of " + all);
}

template <typename T, std::size_t N>
std::string_view name_of(const Names<T, N>& names, T value) {
  return std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.second == value; })->first;
}

void require(bool holds, const char* field, double value, const char* rule) {
  if (holds) return;
  throw std::invalid_argument(std::string(field) + " is " + std::to_string(value) + "; it must be " + rule);
}

/// From `from` to `to` by half a cosine, at `share` of the way.
double by_cosine(double from, double to, double share) {
  return to + 0.5 * (from - to) * (1.0 + std::cos(std::numbers::pi * share));
}

/// As torch.optim.lr_scheduler.OneCycleLR with its defaults.
double one_cycle(double highest, double done, double n_steps) {
  constexpr double kUp = 0.3;
  const double first = highest / 25.0;
  const double top = kUp * n_steps - 1.0;
  const double end = n_steps - 1.0;
  if (done <= top) return by_cosine(first, highest, top > 0.0 ? done / top : 1.0);
  return by_cosine(highest, first / 1e4, end > top ? std::min(1.0, (done - top) / (end - top)) : 1.0);
}

}  // namespace

Schedule schedule_from(std::string_view name) {
  return named(kSchedules, name, "schedule");
}

std::string_view to_string(Schedule schedule) {
  return name_of(kSchedules, schedule);
}

Precision precision_from(std::string_view name) {
  return named(kPrecisions, name, "precision");
}

std::string_view to_string(Precision precision) {
  return name_of(kPrecisions, precision);
}

ObjectiveKind objective_from(std::string_view name) {
  return named(kObjectives, name, "objective");
}

std::string_view to_string(ObjectiveKind kind) {
  return name_of(kObjectives, kind);
}

StopMetric stop_metric_from(std::string_view name) {
  return named(kStopMetrics, name, "metric");
}

std::string_view to_string(StopMetric metric) {
  return name_of(kStopMetrics, metric);
}

bool needs_classes(StopMetric metric) {
  return metric == StopMetric::kAccuracy || metric == StopMetric::kBalancedAccuracy || metric == StopMetric::kMacroF1 ||
         metric == StopMetric::kQuadraticKappa;
}

bool needs_values(StopMetric metric) {
  return metric == StopMetric::kR2 || metric == StopMetric::kSpearman;
}

Recipe RecipeChoice::over(const Recipe& own) const {
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
  require(recipe.weight_decay >= 0.0, "weight_decay", recipe.weight_decay, "at least 0");
  require(recipe.label_smoothing >= 0.0 && recipe.label_smoothing < 1.0, "label_smoothing", recipe.label_smoothing,
          "at least 0 and under 1");
  require(recipe.warm_up >= 0.0 && recipe.warm_up < 1.0, "warm_up", recipe.warm_up, "at least 0 and under 1");
  require(recipe.clip_norm >= 0.0, "clip_norm", recipe.clip_norm, "at least 0");
  require(recipe.ema_decay >= 0.0 && recipe.ema_decay < 1.0, "ema_decay", recipe.ema_decay, "at least 0 and under 1");
  require(recipe.focal_gamma >= 0.0, "focal_gamma", recipe.focal_gamma, "at least 0");
  require(recipe.accumulate >= 1, "accumulate", recipe.accumulate, "at least 1");
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
