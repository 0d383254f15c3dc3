#include "models/neural/own_recipe.h"

namespace hitscope::models::neural {

recipes::Recipe own_recipe(std::string_view name) {
  // A dense layer on tens of thousands of positive inputs moves far with every step of Adam: at 1e-3 most of its units
  // die in the first epoch.
  if (name == "cnn") return {.learning_rate = 1e-4};
  return {.learning_rate = 2e-3,
          .weight_decay = 0.02,
          .label_smoothing = 0.1,
          .schedule = recipes::Schedule::kCosine,
          .warm_up = 0.05,
          .clip_norm = 5.0,
          .ema_decay = 0.99};
}

}  // namespace hitscope::models::neural
