// The learning-rate range test (Smith, 2017): the loss after one step at each of many rising rates. Free of LibTorch.
// Thread safety: free functions without shared state.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "models/head.h"

namespace hitscope::models::neural::recipes {

/// Takes a step at each of up to 100 rates that rise geometrically from 1e-6 to 1; ends early when the loss is four
/// times its minimum so far or not finite. `step` learns a batch at the given rate and returns its loss.
std::vector<LearningRateTrial> try_learning_rates(const std::function<double(double learning_rate)>& step);

/// The rate at the steepest descent of the loss against log(rate), before its minimum: the slope is that of 11 trials,
/// and the first ten are left out as too noisy. Empty if the loss does not fall.
std::optional<double> steepest_rate(const std::vector<LearningRateTrial>& trials);

}  // namespace hitscope::models::neural::recipes
