// The learning-rate range test (Smith, 2017): what one step at each of many rising rates does to the loss.
// Free of LibTorch. Thread safety: free functions without shared state.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "models/head.h"

namespace hitscope::models::neural::recipes {

/// A step at each of up to 100 rates that rise geometrically from 1e-6 to 1; ends early where the loss is four times
/// its least so far or not finite. `step` learns a batch at that rate and gives its loss.
std::vector<LearningRateTrial> try_learning_rates(const std::function<double(double learning_rate)>& step);

/// The rate at the steepest descent of the loss against log(rate), before its minimum: the slope is that of 11 trials,
/// and the first ten are left out as too noisy. Nothing where the loss does not fall.
std::optional<double> steepest_rate(const std::vector<LearningRateTrial>& trials);

}  // namespace hitscope::models::neural::recipes
