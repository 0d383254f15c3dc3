// How a network is trained: the settings that a user may choose, and the recipe that they give with the network's
// defaults.
//
// Free of LibTorch.
// Thread safety: plain values.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"
#include "models/data/needs.h"

namespace hitscope::models::neural::recipes {

using dsp::to_string;

/// The course of the learning rate over the steps of a run.
enum class Schedule {
  kConstant,  ///< linear warm-up, then constant
  kCosine,    ///< linear warm-up, then half a cosine to 0
  /// Smith and Topin, 2018: a cosine up from 1/25 of the peak over 30 % of the steps, then one down to 1/250,000
  kOneCycle
};
constexpr auto names_of(Schedule) {
  return std::to_array<dsp::Name<Schedule>>(
      {{Schedule::kConstant, "constant", "linear warm-up, then constant (the default of cnn and mlp)"},
       {Schedule::kCosine, "cosine", "linear warm-up, then half a cosine to 0 (the default of other networks)"},
       {Schedule::kOneCycle, "one-cycle", "rise over 30 % of the steps, then fall (Smith and Topin, 2018)"}});
}

/// What a network on spectrograms minimises.
enum class ObjectiveKind {
  kPlain,    ///< cross-entropy of classes, squared error of values
  kOrdinal,  ///< ordered classes by a cumulative link: one score, and cut points between the classes
  kRanking   ///< values by pairs: the clip of higher value should score higher; a line maps scores to values
};
constexpr auto names_of(ObjectiveKind) {
  return std::to_array<dsp::Name<ObjectiveKind>>(
      {{ObjectiveKind::kPlain, "plain", "cross-entropy for classes, squared error for values"},
       {ObjectiveKind::kOrdinal, "ordinal", "cumulative link model of ordered classes"},
       {ObjectiveKind::kRanking, "ranking", "pairwise ranking of values: which of two clips has the higher one"}});
}

/// The score of the validation rows by which training stops and the best epoch is kept.
enum class StopMetric { kLoss, kAccuracy, kBalancedAccuracy, kMacroF1, kQuadraticKappa, kR2, kSpearman };
constexpr auto names_of(StopMetric) {
  return std::to_array<dsp::Name<StopMetric>>(
      {{StopMetric::kLoss, "loss"},
       {StopMetric::kAccuracy, "accuracy"},
       {StopMetric::kBalancedAccuracy, "balanced-accuracy"},
       {StopMetric::kMacroF1, "macro-f1"},
       {StopMetric::kQuadraticKappa, "kappa2", "quadratic-weighted kappa (ordered classes only)"},
       {StopMetric::kR2, "r2", "R² (values only)"},
       {StopMetric::kSpearman, "spearman", "Spearman's rank correlation (values only)"}});
}
/// Whether a metric is defined for classes only, or for values only; kLoss is for both.
bool needs_classes(StopMetric metric);
bool needs_values(StopMetric metric);

/// All settings of a training: a network's default ones, or those after the user's choices.
struct Recipe {
  double learning_rate = 1e-3;
  double weight_decay = 0.0;     ///< weight decay of AdamW
  double label_smoothing = 0.0;  ///< share of a label's weight spread over all classes, [0, 1)
  Schedule schedule = Schedule::kConstant;
  double warm_up = 0.0;           ///< share of all steps with a rising rate; kOneCycle ignores it
  double clip_norm = 0.0;         ///< upper limit for the gradient's norm; 0: none
  double ema_decay = 0.0;         ///< decay of the weights' moving average, used to validate and predict; 0: none
  double focal_gamma = 0.0;       ///< focal loss (Lin and others, 2017): rows weigh (1 - p)^gamma; 0: cross-entropy
  int accumulate = 1;             ///< batches per step of the optimiser
  bool balanced_batches = false;  ///< sample rows so that all classes are equally frequent
  StopMetric stop_metric = StopMetric::kLoss;
};

/// A user's choices; an empty one leaves the network's default.
struct RecipeChoice {
  std::optional<Schedule> schedule;
  std::optional<double> warm_up;
  std::optional<double> weight_decay;
  std::optional<double> clip_norm;
  std::optional<double> ema_decay;
  std::optional<double> label_smoothing;
  double focal_gamma = 0.0;
  int accumulate = 1;
  bool balanced_batches = false;
  StopMetric stop_metric = StopMetric::kLoss;

  /// The recipe `own` with these choices. Throws dsp::FieldError naming field, value and rule.
  Recipe over(const Recipe& own) const {
    dsp::check_fields(*this);
    Recipe recipe = own;
    recipe.schedule = schedule.value_or(own.schedule);
    recipe.warm_up = warm_up.value_or(own.warm_up);
    recipe.weight_decay = weight_decay.value_or(own.weight_decay);
    recipe.clip_norm = clip_norm.value_or(own.clip_norm);
    recipe.ema_decay = ema_decay.value_or(own.ema_decay);
    recipe.label_smoothing = label_smoothing.value_or(own.label_smoothing);
    recipe.focal_gamma = focal_gamma;
    recipe.accumulate = accumulate;
    recipe.balanced_batches = balanced_batches;
    recipe.stop_metric = stop_metric;
    return recipe;
  }

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = RecipeChoice;
    namespace needs = data::needs;
    visit(&C::schedule, {.name = "schedule", .help = "schedule of the learning rate", .needs = needs::kNetwork});
    visit(&C::warm_up, {.name = "warm_up",
                        .help = "share of the steps over which the learning rate rises from 0; not for one-cycle "
                                "(default: cnn and mlp 0, other networks 0.05)",
                        .value = "SHARE",
                        .rule = dsp::between(0, 0.99),
                        .needs = needs::kNetwork});
    visit(&C::weight_decay, {.name = "weight_decay",
                             .help = "weight decay of AdamW (default: cnn and mlp 0, other networks 0.02)",
                             .rule = dsp::at_least(0),
                             .needs = needs::kNetwork});
    visit(&C::clip_norm, {.name = "clip_gradient",
                          .help = "maximum norm of the gradient; 0 turns clipping off (default: cnn and mlp 0, other "
                                  "networks 5)",
                          .value = "NORM",
                          .rule = dsp::at_least(0),
                          .needs = needs::kNetwork});
    visit(&C::ema_decay, {.name = "ema",
                          .help = "decay per step of an exponential moving average of the weights, which is used for "
                                  "validation and prediction; 0 turns it off (default: cnn and mlp 0, other networks "
                                  "0.99)",
                          .value = "DECAY",
                          .rule = dsp::between(0, 0.999999),
                          .needs = needs::kNetwork});
    describe_loss(visit);
  }

 private:
  template <typename Visit>
  static void describe_loss(Visit&& visit) {
    using C = RecipeChoice;
    namespace needs = data::needs;
    visit(&C::label_smoothing, {.name = "label_smoothing",
                                .help = "share of each target that is spread evenly over all classes (default: cnn "
                                        "and mlp 0, other networks 0.1)",
                                .value = "SHARE",
                                .rule = dsp::between(0, 0.99),
                                .needs = needs::kNetwork | needs::kClasses});
    visit(&C::focal_gamma, {.name = "focal_gamma",
                            .help = "exponent of the focal loss, which weights each row by (1 - p)^GAMMA; 0 gives "
                                    "cross-entropy",
                            .value = "GAMMA",
                            .rule = dsp::at_least(0),
                            .needs = needs::kNetwork | needs::kClasses});
    visit(&C::accumulate, {.name = "accumulate",
                           .help = "number of batches whose gradients are accumulated for one step",
                           .rule = dsp::between(1, 65536),
                           .needs = needs::kNetwork});
    visit(&C::balanced_batches, {.name = "balanced_batches",
                                 .help = "sample training rows so that all classes are equally frequent",
                                 .needs = needs::kNetwork | needs::kClasses});
    visit(&C::stop_metric, {.name = "stop_on",
                            .help = "score on the validation rows that chooses the best epoch",
                            .needs = needs::kNetwork});
  }
};

/// The learning rate of step `done` (from 0) of `n_steps`.
double scheduled_rate(const Recipe& recipe, std::size_t done, std::size_t n_steps);
/// Whether the rate of a step depends on how many will follow: then more epochs are another training from the start.
bool depends_on_length(const Recipe& recipe);

}  // namespace hitscope::models::neural::recipes
