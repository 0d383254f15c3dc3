#include "models/neural/learning_rate_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hitscope::models {

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

double steepest_rate(const std::vector<LearningRateTrial>& trials) {
  const auto least =
      std::min_element(trials.begin(), trials.end(), [](const auto& a, const auto& b) { return a.loss < b.loss; });
  double steepest = 0.0;
  double rate = 0.0;
  for (auto it = trials.begin(); it != least; ++it) {
    const double fall = (it->loss - std::next(it)->loss) / std::log(std::next(it)->learning_rate / it->learning_rate);
    if (fall > steepest) {
      steepest = fall;
      rate = it->learning_rate;
    }
  }
  if (rate <= 0.0) {
    throw std::runtime_error("no learning rate from 1e-6 to 1 lowers the loss; give --learning-rate a number");
  }
  return rate;
}

}  // namespace hitscope::models
