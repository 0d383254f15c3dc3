// The learning-rate range test (Smith, 2017): what one step at each of many rising rates does to the loss.
// Free of LibTorch. Thread safety: free functions without shared state.
#pragma once

#include <functional>
#include <optional>
#include <vector>

namespace hitscope::models::neural::recipes {

struct LearningRateTrial {
  double learning_rate = 0.0;
  double loss = 0.0;  ///< training loss, a moving average over the steps so far (bias-corrected, 0.9)
};

/// A step at each of up to 100 rates that rise geometrically from 1e-6 to 1; ends early where the loss is four times
/// its least so far or not finite. `step` learns a batch at that rate and gives its loss.
std::vector<LearningRateTrial> try_learning_rates(const std::function<double(double learning_rate)>& step);

/// The rate about which, over eleven trials, the loss falls fastest per factor of the rate, before its least; the first
/// ten are too noisy to count. Nothing where it nowhere falls.
std::optional<double> steepest_rate(const std::vector<LearningRateTrial>& trials);

}  // namespace hitscope::models::neural::recipes
