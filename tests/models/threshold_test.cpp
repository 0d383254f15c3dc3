// The threshold between two classes.
#include "models/evaluation/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/support/calibration_rows.h"

namespace hitscope::models::evaluation {
namespace threshold_test {

using namespace tests;

double threshold_of(ThresholdMetric metric, const std::vector<double>& scores, const std::vector<int>& targets) {
  return fit(Calibration::kNone, metric, of_second(scores), targets).threshold();
}

TEST(ThresholdTest, MatchesTheBestOfAllCandidates) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> scores;
    std::vector<int> targets;
    const std::size_t n = 2 + random() % 20;
    for (std::size_t i = 0; i < n; ++i) {
      scores.push_back(static_cast<double>(random() % 12) / 12.0);
      targets.push_back(i < 2 ? static_cast<int>(i) : static_cast<int>(random() % 2));
    }
    for (const ThresholdMetric metric : {ThresholdMetric::kF1, ThresholdMetric::kBalancedAccuracy}) {
      const auto value = [&](double threshold) {
        data::Probabilities p = of_second(scores);
        p.threshold = threshold;
        double tp = 0, fp = 0, fn = 0, tn = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const int called = p.predicted(i);
          ++(targets[i] == 1 ? (called == 1 ? tp : fn) : (called == 1 ? fp : tn));
        }
        return metric == ThresholdMetric::kF1 ? 2 * tp / (2 * tp + fp + fn) : (tp / (tp + fn) + tn / (tn + fp)) / 2;
      };
      const double threshold = threshold_of(metric, scores, targets);
      std::vector<double> candidates{0.5, *std::min_element(scores.begin(), scores.end())};
      for (int i = 0; i < 11; ++i) candidates.push_back((i + 0.5) / 12.0);
      for (const double candidate : candidates) {
        EXPECT_LE(value(candidate), value(threshold) + 1e-12) << candidate << " against " << threshold;
      }
      if (std::abs(value(0.5) - value(threshold)) < 1e-12) {
        EXPECT_EQ(threshold, 0.5);
      }
    }
  }
}

TEST(ThresholdTest, ARareClassIsCalledAtTheMidpointThatF1Wants) {
  EXPECT_DOUBLE_EQ(threshold_of(ThresholdMetric::kF1, {0.01, 0.02, 0.05, 0.2, 0.3}, {0, 0, 0, 1, 1}), 0.125);
  EXPECT_DOUBLE_EQ(threshold_of(ThresholdMetric::kF1, {0.7, 0.8, 0.9}, {0, 0, 1}), 0.85);
}

TEST(ThresholdTest, ItStaysAtOneHalfWhereNothingIsBetter) {
  for (const ThresholdMetric metric : {ThresholdMetric::kF1, ThresholdMetric::kBalancedAccuracy}) {
    EXPECT_EQ(threshold_of(metric, {0.1, 0.4, 0.6, 0.9}, {0, 0, 1, 1}), 0.5);
    EXPECT_EQ(threshold_of(metric, {0.1, 0.2}, {0, 0}), 0.5);
    EXPECT_EQ(threshold_of(metric, {0.1, 0.2}, {1, 1}), 0.5);
  }
  EXPECT_EQ(threshold_of(ThresholdMetric::kBalancedAccuracy, {0.3, 0.3, 0.3}, {0, 1, 0}), 0.5);
}

TEST(ThresholdTest, NeighbouringDoublesAreToldApart) {
  const double low = 0.25;
  const double high = std::nextafter(low, 1.0);
  const double threshold = threshold_of(ThresholdMetric::kF1, {low, high}, {0, 1});
  EXPECT_EQ(threshold, high);
}

TEST(ThresholdTest, ItIsLearnedFromCalibratedProbabilities) {
  const std::vector<double> scores{0.01, 0.02, 0.03, 0.04, 0.05, 0.06};
  const Calibrator calibrator =
      fit(Calibration::kIsotonic, ThresholdMetric::kF1, of_second(scores), {0, 0, 0, 1, 1, 1});
  EXPECT_EQ(calibrator.threshold(), 0.5);  // calibrated: 0 and 1
  const data::Probabilities p = calibrator.apply(of_second(scores));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(p.predicted(i), i < 3 ? 0 : 1);
}

}  // namespace threshold_test
}  // namespace hitscope::models::evaluation
