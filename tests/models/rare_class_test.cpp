// What a bootstrap says of a rare class, which accuracy does not see: balanced accuracy and ROC AUC.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/evaluation/comparison.h"
#include "models/evaluation/metrics.h"
#include "models/evaluation/ranking.h"

namespace hitscope::models::evaluation {
namespace rare_class_test {

double width(const Interval& interval) {
  return interval.high - interval.low;
}

bool contains(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

TEST(RareClassTest, BalancedAccuracyTellsARareClassThatAccuracyDoesNotSee) {
  std::vector<int> targets(1000, 0);
  std::vector<int> answers(1000, 0);
  std::fill_n(targets.begin(), 40, 1);
  std::fill_n(answers.begin() + 8, 100, 1);  // 32 of the 40, and 68 others
  const Uncertainty got = bootstrap(targets, answers, 2, 0, std::vector<std::string>(1000), 1);
  EXPECT_FALSE(got.beats_majority());
  EXPECT_TRUE(got.tells_classes_apart());
  EXPECT_TRUE(contains(got.balanced_accuracy, score_classes(targets, answers, 2, false).balanced_accuracy));
}

TEST(RareClassTest, AlwaysTheSameAnswerTellsNothingApartThoughRareClassesAreNotDrawnEveryRound) {
  std::vector<int> targets(200, 0);
  for (int c = 1; c < 50; ++c) targets[static_cast<std::size_t>(c)] = c;
  const Uncertainty got = bootstrap(targets, std::vector<int>(200, 0), 50, 0, std::vector<std::string>(200), 1);
  EXPECT_GT(got.balanced_accuracy.low, 1.0 / 50);  // fewer classes a round
  EXPECT_FALSE(got.tells_classes_apart());
}

TEST(RareClassTest, TheIntervalOfAnAreaContainsItAndKnowsTiesAndGroups) {
  std::mt19937 random(3);
  std::vector<bool> positive;
  std::vector<double> scores;
  std::vector<std::string> groups;
  for (int i = 0; i < 400; ++i) {
    positive.push_back(i % 4 == 0);
    scores.push_back(static_cast<double>(random() % 10 + (i % 4 == 0 ? 3 : 0)));
    groups.push_back("artist " + std::to_string(i / 20));
  }
  const Interval got = roc_auc_interval(positive, scores, groups, 1);
  EXPECT_TRUE(contains(got, roc_auc(positive, scores)));
  EXPECT_GT(width(got), 0.01);
  EXPECT_LT(width(got), 0.2);
  const Interval equal = roc_auc_interval(positive, std::vector<double>(400, 0.5), groups, 1);
  EXPECT_EQ(std::pair(equal.low, equal.high), std::pair(0.5, 0.5));
  EXPECT_TRUE(std::isnan(roc_auc_interval(std::vector<bool>(400, true), scores, groups, 1).low));
  EXPECT_THROW(roc_auc_interval(positive, std::vector<double>(3), groups, 1), std::invalid_argument);
}

}  // namespace rare_class_test
}  // namespace hitscope::models::evaluation
