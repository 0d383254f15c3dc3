#include "models/neural/recipes/learning_rate_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace hitscope::models::neural::recipes {
namespace {

/// The least-squares slope of the loss over the logarithm of the rate; the rates rise geometrically.
double slope(std::span<const LearningRateTrial> trials) {
  const double middle = (static_cast<double>(trials.size()) - 1.0) / 2.0;
  double together = 0.0;
  double variance = 0.0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    together += x * trials[i].loss;
    variance += x * x;
  }
  return together / variance / std::log(trials[1].learning_rate / trials[0].learning_rate);
}

}  // namespace

std::vector<LearningRateTrial> try_learning_rates(const std::function<double(double learning_rate)>& step) {
  constexpr int kTrials = 100;
  constexpr double kFirst = 1e-6;
  constexpr double kDecay = 0.9;
  std::vector<LearningRateTrial> trials;
  double average = 0.0;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTrials; ++i) {
    const double rate = kFirst * std::pow(1.0 / kFirst, i / (kTrials - 1.0));
    const double loss = step(rate);
    average = kDecay * average + (1.0 - kDecay) * loss;
    const double corrected = average / (1.0 - std::pow(kDecay, i + 1));
    if (!std::isfinite(corrected)) break;
    trials.push_back({rate, corrected});
    least = std::min(least, corrected);
    if (corrected > 4.0 * least) break;
  }
  return trials;
}

std::optional<double> steepest_rate(const std::vector<LearningRateTrial>& trials) {
  const auto least =
      std::min_element(trials.begin(), trials.end(), [](const auto& a, const auto& b) { return a.loss < b.loss; });
  // The first averages are of a few batches: what they differ in is which batches those were.
  constexpr std::ptrdiff_t kSkipped = 10;
  constexpr std::ptrdiff_t kReach = 5;
  double steepest = 0.0;
  double rate = 0.0;
  for (std::ptrdiff_t i = kSkipped + kReach; i + kReach <= least - trials.begin(); ++i) {
    const double fall = -slope(std::span(trials).subspan(static_cast<std::size_t>(i - kReach), 2 * kReach + 1));
    if (fall > steepest) {
      steepest = fall;
      rate = trials[static_cast<std::size_t>(i)].learning_rate;
    }
  }
  return rate > 0.0 ? std::optional(rate) : std::nullopt;
}

}  // namespace hitscope::models::neural::recipes
