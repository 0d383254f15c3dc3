// How a network is trained: what a user may ask for, and what it comes to.
//
// Free of LibTorch. Thread safety: plain values.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::models::neural::recipes {

/// What the learning rate does over the steps of a run.
enum class Schedule {
  kConstant,  ///< linear warm-up, then the same
  kCosine,    ///< linear warm-up, then half a cosine to 0
  kOneCycle   ///< Smith and Topin, 2018: a cosine from a 25th up over 30 % of the steps, then down to a 250,000th
};
Schedule schedule_from(std::string_view name);  ///< "constant", "cosine", "one-cycle"; throws std::invalid_argument
std::string_view to_string(Schedule schedule);

/// kBfloat16: convolutions and dense layers multiply in bfloat16; sums, losses and weights stay float32.
enum class Precision { kFloat32, kBfloat16 };
constexpr auto names_of(Precision) {
  return std::to_array<dsp::Name<Precision>>(
      {{Precision::kFloat32, "float32"},
       {Precision::kBfloat16, "bfloat16", "faster on most processors, probabilities differ a little"}});
}
Precision precision_from(std::string_view name);  ///< "float32", "bfloat16"; throws std::invalid_argument
std::string_view to_string(Precision precision);

/// What a network on spectrograms minimises.
enum class ObjectiveKind {
  kPlain,    ///< cross-entropy of classes, squared error of values
  kOrdinal,  ///< ordered classes by a cumulative link: one score, and cut points between the classes
  kRanking   ///< values by pairs: of two clips the higher one is to score higher; a line brings scores to values
};
ObjectiveKind objective_from(std::string_view name);  ///< "plain", "ordinal", "ranking"; throws std::invalid_argument
std::string_view to_string(ObjectiveKind kind);

/// What validation rows decide by: when to stop, and which epoch's weights stay.
enum class StopMetric { kLoss, kAccuracy, kBalancedAccuracy, kMacroF1, kQuadraticKappa, kR2, kSpearman };
StopMetric stop_metric_from(std::string_view name);  ///< "loss", "accuracy", …; throws std::invalid_argument
std::string_view to_string(StopMetric metric);
/// The other two that only classes, and that only values have.
bool needs_classes(StopMetric metric);
bool needs_values(StopMetric metric);

/// A network's own training, or what is left of it once a user has chosen.
struct Recipe {
  double learning_rate = 1e-3;
  double weight_decay = 0.0;     ///< of AdamW
  double label_smoothing = 0.0;  ///< share of a class's weight that all classes get, 0 to under 1
  Schedule schedule = Schedule::kConstant;
  double warm_up = 0.0;           ///< share of all steps, but for kOneCycle
  double clip_norm = 0.0;         ///< of the gradient; 0: as it is
  double ema_decay = 0.0;         ///< of the weights' moving average, which validates and predicts; 0: none
  double focal_gamma = 0.0;       ///< Lin and others, 2017: sure rows weigh (1 - p)^gamma; 0: all the same
  int accumulate = 1;             ///< batches per step of the optimiser
  bool balanced_batches = false;  ///< rows are drawn so that every class is as frequent
  StopMetric stop_metric = StopMetric::kLoss;
};

/// What a user has to say of it; what is empty is the network's own.
struct RecipeChoice {
  std::optional<double> weight_decay;
  std::optional<double> label_smoothing;
  std::optional<Schedule> schedule;
  std::optional<double> warm_up;
  std::optional<double> clip_norm;
  std::optional<double> ema_decay;
  double focal_gamma = 0.0;
  int accumulate = 1;
  bool balanced_batches = false;
  StopMetric stop_metric = StopMetric::kLoss;

  /// Throws std::invalid_argument naming field, value and rule.
  Recipe over(const Recipe& own) const;
};

/// The learning rate of step `done` (from 0) of `n_steps`.
double scheduled_rate(const Recipe& recipe, std::size_t done, std::size_t n_steps);

}  // namespace hitscope::models::neural::recipes
