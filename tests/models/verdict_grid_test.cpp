// How often verdicts are wrong, on a grid of constant, shuffled, shrunk, slightly and clearly better predictions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

#include "models/evaluation/metrics.h"
#include "models/evaluation/verdict.h"

namespace hitscope::models::evaluation {
namespace verdict_grid_test {

/// How often, in per cent, `kRepeats` draws of a kind of predictions were said to be what.
struct Rates {
  double accuracy = 0.0;  ///< better by accuracy, or by MAE
  double apart = 0.0;     ///< by balanced accuracy, or by R²
  double auc = 0.0;       ///< by ROC AUC, or by Spearman
  double log_loss = 0.0;  ///< by log loss
  double no = 0.0;        ///< "no" alone
  double too_few = 0.0;
};
constexpr int kRepeats = 100;

/// Draws of classes from scores that differ by `distance` standard deviations between two classes of which the first
/// has the share `majority`. The head gives Bayes's probabilities, moved towards the shares by `shrink`.
struct ClassWorld {
  std::size_t n_rows;
  double majority;
  double distance;
  double shrink = 0.0;
  bool is_shuffled = false;

  LeaderboardRow drawn(std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> noise;
    std::uniform_real_distribution<double> uniform;
    std::vector<int> targets;
    data::Probabilities predicted{n_rows, 2, {}};
    for (std::size_t i = 0; i < n_rows; ++i) {
      targets.push_back(uniform(random) < majority ? 0 : 1);
      const int shown = is_shuffled ? (uniform(random) < majority ? 0 : 1) : targets.back();
      const double score = distance * shown + noise(random);
      const double odds = (1.0 - majority) / majority * std::exp(distance * score - distance * distance / 2.0);
      const double p = (1.0 - shrink) * odds / (1.0 + odds) + shrink * (1.0 - majority);
      predicted.values.insert(predicted.values.end(), {1.0 - p, p});
    }
    const auto ones = static_cast<std::size_t>(std::count(targets.begin(), targets.end(), 1));
    const int always = 2 * ones > n_rows ? 1 : 0;
    const std::vector<std::string> groups(n_rows);
    return {.name = "head",
            .result = ClassResult{score_predictions(targets, predicted, false),
                                  bootstrap(targets, predicted.predicted_classes(), 2, always, groups, seed),
                                  bootstrap(targets, predicted, groups, seed)},
            .n_rows = n_rows};
  }
};

/// Draws of skewed values that are predicted with a correlation.
struct ValueWorld {
  std::size_t n_rows;
  double correlation;
  double shrink = 0.0;  ///< predictions moved towards a constant between mean and median
  bool is_shuffled = false;

  LeaderboardRow drawn(std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> noise;
    std::vector<double> targets;
    std::vector<double> predicted;
    for (std::size_t i = 0; i < n_rows; ++i) {
      double known = noise(random);
      targets.push_back(std::exp(correlation * known + std::sqrt(1.0 - correlation * correlation) * noise(random)));
      if (is_shuffled) known = noise(random);
      const double spread = 1.0 - correlation * correlation;
      predicted.push_back((1.0 - shrink) * std::exp(correlation * known + spread / 2.0) + shrink * 1.3);
    }
    std::vector<double> sorted = targets;
    std::sort(sorted.begin(), sorted.end());
    const std::vector<std::string> groups(n_rows);
    return {.name = "head",
            .result = ValueResult{score_values(targets, predicted),
                                  bootstrap(std::span<const double>(targets), predicted,
                                            (sorted[(n_rows - 1) / 2] + sorted[n_rows / 2]) / 2.0, groups, seed)},
            .n_rows = n_rows};
  }
};

template <typename World>
Rates rates_of(const World& world) {
  Rates rates;
  const double one = 100.0 / kRepeats;
  for (int i = 0; i < kRepeats; ++i) {
    const LeaderboardRow row = world.drawn(static_cast<std::uint64_t>(1000 + i));
    if (const auto* c = std::get_if<ClassResult>(&row.result)) {
      rates.accuracy += c->uncertainty.beats_majority() ? one : 0.0;
      rates.apart += c->uncertainty.tells_classes_apart() ? one : 0.0;
      rates.auc += c->of_probabilities.ranks_above_chance() ? one : 0.0;
      rates.log_loss += c->of_probabilities.knows_more_than_shares() ? one : 0.0;
    } else {
      const auto& v = std::get<ValueResult>(row.result).uncertainty;
      rates.accuracy += v.beats_median() ? one : 0.0;
      rates.apart += v.beats_mean() ? one : 0.0;
      rates.auc += v.spearman.low > 0.0 ? one : 0.0;
    }
    const Standing standing = verdict_of(row).standing;
    rates.no += standing == Standing::kNotBetter ? one : 0.0;
    rates.too_few += standing == Standing::kTooFewRows ? one : 0.0;
  }
  return rates;
}

void tell(const std::string& what, const Rates& r) {
  std::printf(
      "%-44s yes by accuracy or MAE %5.1f %%, recall or R² %5.1f %%, AUC or Spearman %5.1f %%, log loss %5.1f %%; "
      "no %5.1f %%, too few rows %5.1f %%\n",
      what.c_str(), r.accuracy, r.apart, r.auc, r.log_loss, r.no, r.too_few);
}

/// The smallest strength whose lead is 2.8 standard errors (as 80 % power needs) at `n_rows`, from one large draw.
double strength_at_80_percent_power(std::size_t n_rows, const std::function<std::pair<double, double>(double)>& lead) {
  for (double strength = 0.02;; strength += 0.02) {
    const auto [mean, deviation] = lead(strength);
    if (mean > 0.0 && mean * std::sqrt(static_cast<double>(n_rows)) >= 2.8 * deviation) return strength;
  }
}

/// Mean and deviation by row of what the head is right more often than the constant.
std::pair<double, double> lead_in_accuracy(double majority, double distance) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise;
  std::uniform_real_distribution<double> uniform;
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kDraws = 40'000;
  for (int i = 0; i < kDraws; ++i) {
    const int target = uniform(random) < majority ? 0 : 1;
    const double score = distance * target + noise(random);
    const bool one = (1.0 - majority) / majority * std::exp(distance * score - distance * distance / 2.0) > 1.0;
    const double lead = (one == (target == 1) ? 1.0 : 0.0) - (target == 0 ? 1.0 : 0.0);
    sum += lead;
    squares += lead * lead;
  }
  const double mean = sum / kDraws;
  return {mean, std::sqrt(squares / kDraws - mean * mean)};
}

TEST(VerdictGridTest, AHeadWithoutALeadIsSeldomSaidToHaveOne) {
  for (const std::size_t n : {60U, 300U}) {
    for (const double majority : {0.5, 0.8}) {
      const std::string where = std::to_string(n) + " rows, " + std::to_string(majority).substr(0, 3);
      const Rates shuffled = rates_of(ClassWorld{n, majority, 1.0, 0.0, true});
      tell(where + ", shuffled", shuffled);
      EXPECT_LE(shuffled.accuracy, 5.0) << where;
      EXPECT_LE(shuffled.apart, 5.0) << where;
      EXPECT_LE(shuffled.auc, 5.0) << where;
      EXPECT_LE(shuffled.log_loss, 5.0) << where;
      const Rates constant = rates_of(ClassWorld{n, majority, 0.0});
      tell(where + ", constant", constant);
      EXPECT_EQ(constant.accuracy + constant.apart + constant.auc + constant.log_loss, 0.0) << where;
    }
    const Rates shuffled = rates_of(ValueWorld{n, 0.5, 0.0, true});
    tell(std::to_string(n) + " rows, shuffled values", shuffled);
    EXPECT_LE(shuffled.accuracy, 5.0) << n;
    EXPECT_LE(shuffled.apart, 5.0) << n;
    EXPECT_LE(shuffled.auc, 5.0) << n;
    const Rates mean = rates_of(ValueWorld{n, 0.0});
    tell(std::to_string(n) + " rows, constant mean of skewed values", mean);
    EXPECT_EQ(mean.accuracy + mean.apart, 0.0) << n;
    const Rates near_median = rates_of(ValueWorld{n, 0.0, 1.0});
    tell(std::to_string(n) + " rows, constant between mean and median", near_median);
    EXPECT_EQ(near_median.accuracy + near_median.apart, 0.0) << n;
  }
}

TEST(VerdictGridTest, ALeadThatTheRowsCanShowIsSeldomDenied) {
  for (const std::size_t n : {60U, 300U}) {
    for (const double majority : {0.5, 0.8}) {
      const std::string where = std::to_string(n) + " rows, " + std::to_string(majority).substr(0, 3);
      const double distance = strength_at_80_percent_power(n, [&](double d) { return lead_in_accuracy(majority, d); });
      const Rates better = rates_of(ClassWorld{n, majority, distance});
      tell(where + ", better by " + std::to_string(distance).substr(0, 4) + " sd", better);
      EXPECT_LE(better.no, 20.0) << where;
      EXPECT_GE(better.accuracy, 50.0) << where << ": the commonest class of a draw has more than its share";
      const Rates shrunk = rates_of(ClassWorld{n, majority, distance, 0.9});
      tell(where + ", the same, shrunk", shrunk);
      EXPECT_LE(shrunk.no, 20.0) << where << ": probabilities that answer one class only still tell classes apart";
      EXPECT_GE(rates_of(ClassWorld{n, majority, distance + 1.5}).accuracy, 95.0) << where << ": clearly better";
    }
    const double correlation = std::min(0.95, 2.8 / std::sqrt(static_cast<double>(n)) + 0.1);
    const Rates better = rates_of(ValueWorld{n, correlation});
    tell(std::to_string(n) + " rows, values with correlation " + std::to_string(correlation).substr(0, 4), better);
    EXPECT_LE(better.no, 20.0) << n;
  }
}

}  // namespace verdict_grid_test
}  // namespace hitscope::models::evaluation
