// Bootstrap intervals of a regression, by their properties.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"

namespace hitscope::models::evaluation {
namespace regression_bootstrap_test {

double width(const Interval& interval) {
  return interval.high - interval.low;
}

bool contains(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

struct Values {
  explicit Values(double offset = 0.0) {
    std::mt19937_64 random(4);
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (int i = 0; i < 300; ++i) {
      targets.push_back(offset + unit());
      predicted.push_back(targets.back() + 0.2 * (unit() - 0.5));
      groups.push_back(std::to_string(i / 3));
    }
  }
  std::vector<double> targets;
  std::vector<double> predicted;
  std::vector<std::string> groups;
};

TEST(RegressionBootstrapTest, IntervalsContainThePointEstimatesAndDoNotDriftFarFromZero) {
  for (const double offset : {0.0, 1e6}) {
    const Values v(offset);
    const RegressionScores point = score_values(v.targets, v.predicted);
    const RegressionUncertainty got = bootstrap(v.targets, v.predicted, offset + 0.5, v.groups, 2);
    EXPECT_TRUE(contains(got.r2, point.r2));
    EXPECT_TRUE(contains(got.mae, point.mae));
    EXPECT_TRUE(contains(got.rmse, point.rmse));
    EXPECT_TRUE(contains(got.spearman, point.spearman));
    EXPECT_LT(width(got.r2), 0.1);
    EXPECT_TRUE(got.beats_mean());
    const RegressionUncertainty at_zero = bootstrap(Values().targets, Values().predicted, 0.5, v.groups, 2);
    EXPECT_NEAR(got.r2.low, at_zero.r2.low, 1e-7);
    EXPECT_NEAR(got.mae_gain.low, at_zero.mae_gain.low, 1e-7);
  }
}

TEST(RegressionBootstrapTest, SpearmanAndRmseAreThoseOfTheRowsThatWereDrawn) {
  Values v;
  for (double& t : v.targets) t = std::round(10.0 * t);  // ties
  std::mt19937_64 random(7);
  std::vector<double> spearmans, rmses;
  for (int round = 0; round < kBootstrapRounds; ++round) {
    std::vector<double> targets, predicted;
    for (int i = 0; i < 100; ++i) {
      const std::size_t group = random() % 100;
      for (std::size_t row = 3 * group; row < 3 * group + 3; ++row) {
        targets.push_back(v.targets[row]);
        predicted.push_back(v.predicted[row]);
      }
    }
    const RegressionScores drawn = score_values(targets, predicted);
    spearmans.push_back(drawn.spearman);
    rmses.push_back(drawn.rmse);
  }
  std::sort(spearmans.begin(), spearmans.end());
  std::sort(rmses.begin(), rmses.end());
  const RegressionUncertainty got = bootstrap(v.targets, v.predicted, 5.0, v.groups, 7);
  EXPECT_NEAR(got.spearman.low, spearmans[25], 1e-12);
  EXPECT_NEAR(got.spearman.high, spearmans[974], 1e-12);
  EXPECT_NEAR(got.rmse.low, rmses[25], 1e-12);
  EXPECT_NEAR(got.rmse.high, rmses[974], 1e-12);
}

TEST(RegressionBootstrapTest, OneGroupIsAPointAndTheMeanDoesNotBeatItself) {
  const Values v;
  const RegressionScores point = score_values(v.targets, v.predicted);
  const auto one = bootstrap(v.targets, v.predicted, 0.5, std::vector<std::string>(300, "one"), 1);
  EXPECT_EQ(width(one.r2), 0.0);
  EXPECT_NEAR(one.r2.low, point.r2, 1e-12);
  EXPECT_NEAR(one.mae.low, point.mae, 1e-12);
  EXPECT_NEAR(one.rmse.high, point.rmse, 1e-12);
  EXPECT_NEAR(one.spearman.high, point.spearman, 1e-12);
  const auto mean = bootstrap(v.targets, std::vector<double>(300, 0.5), 0.5, v.groups, 1);
  EXPECT_EQ(mean.mae_gain.low, 0.0);
  EXPECT_EQ(mean.mae_gain.high, 0.0);
  EXPECT_FALSE(mean.beats_mean());
  EXPECT_FALSE(mean.beats_median());
  EXPECT_TRUE(std::isnan(mean.spearman.low)) << "a constant has no order";
}

TEST(RegressionBootstrapTest, WhatIsNotDefinedIsNaN) {
  const std::vector<double> one{1.0};
  EXPECT_TRUE(std::isnan(bootstrap(one, one, 1.0, std::vector<std::string>(1), 1).r2.low));
  EXPECT_EQ(bootstrap(one, one, 1.0, std::vector<std::string>(1), 1).mae.high, 0.0);
  const std::vector<double> constant(5, 0.1);
  EXPECT_EQ(bootstrap(constant, constant, 0.1, std::vector<std::string>(5), 1).r2.low, 1.0);
  EXPECT_EQ(bootstrap(constant, std::vector<double>(5, 0.2), 0.1, std::vector<std::string>(5), 1).r2.high, 0.0);
  for (const double v : {std::numeric_limits<double>::quiet_NaN(), HUGE_VAL}) {
    const RegressionUncertainty got =
        bootstrap(constant, std::vector<double>{0, v, 0, 0, 0}, 0.1, std::vector<std::string>(5), 1);
    EXPECT_TRUE(std::isnan(got.r2.low));
    EXPECT_TRUE(std::isnan(got.mae.high));
    EXPECT_FALSE(got.beats_mean());
  }
}

TEST(RegressionBootstrapTest, PairsAreComparedOnTheRowsThatWereDrawn) {
  const Values v;
  std::vector<double> worse = v.predicted;
  for (std::size_t i = 0; i < worse.size(); ++i) worse[i] += i % 2 == 0 ? 0.1 : -0.1;
  const PairedValueComparison got = compare_values(v.targets, v.predicted, worse, v.groups, 3);
  const RegressionScores a = score_values(v.targets, v.predicted);
  const RegressionScores b = score_values(v.targets, worse);
  EXPECT_NEAR(got.r2_difference, a.r2 - b.r2, 1e-12);
  EXPECT_NEAR(got.mae_difference, a.mae - b.mae, 1e-12);
  EXPECT_TRUE(contains(got.r2_interval, got.r2_difference));
  EXPECT_GT(got.r2_interval.low, 0.0);
  EXPECT_LT(got.mae_interval.high, 0.0);
  const PairedValueComparison same = compare_values(v.targets, v.predicted, v.predicted, v.groups, 3);
  EXPECT_EQ(same.r2_interval.low, 0.0);
  EXPECT_EQ(same.r2_interval.high, 0.0);
  worse[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(compare_values(v.targets, v.predicted, worse, v.groups, 3).r2_difference));
}

}  // namespace regression_bootstrap_test
}  // namespace hitscope::models::evaluation
