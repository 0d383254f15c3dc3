// Metrics against scikit-learn 1.2.1 and SciPy 1.10.1, whose answers tests/oracles/record_metrics.py records.
#include "models/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/evaluation/ranking.h"
#include "tests/support/npy.h"

namespace hitscope::models {
namespace {

using tests::read_npy;

struct Predictions {
  std::vector<int> targets;
  Probabilities probabilities;
};

std::string oracle(const std::string& name, const char* what) {
  return std::string(ORACLES) + "/metrics/" + name + "_" + what + ".npy";
}

Predictions read_predictions(const std::string& name) {
  const auto targets = read_npy<double>(oracle(name, "targets"));
  auto values = read_npy<double>(oracle(name, "probabilities"));
  const auto n_classes = static_cast<int>(values.size() / targets.size());
  return {{targets.begin(), targets.end()}, {targets.size(), n_classes, std::move(values)}};
}

/// Rows that are certain of one class each.
Probabilities certain(const std::vector<int>& classes, int n_classes) {
  Probabilities p{classes.size(), n_classes, std::vector<double>(classes.size() * n_classes, 0.0)};
  for (std::size_t i = 0; i < classes.size(); ++i) p.values[i * n_classes + classes[i]] = 1.0;
  return p;
}

/// How far got is from want, where NaN is met by NaN alone.
double difference(double got, double want) {
  if (std::isnan(got) && std::isnan(want)) return 0.0;
  const double d = std::abs(got - want);
  return std::isnan(d) ? HUGE_VAL : d;
}

/// Scores in the order in which the script records them.
std::vector<double> as_recorded(const Scores& s) {
  std::vector<double> values{s.accuracy, s.balanced_accuracy, s.macro_f1, s.roc_auc, s.average_precision, s.log_loss,
                             s.mcc,      s.quadratic_kappa,   s.spearman};
  for (const ClassScore& c : s.classes) {
    values.insert(values.end(), {c.precision, c.recall, c.f1, static_cast<double>(c.support)});
  }
  values.insert(values.end(), s.confusion.begin(), s.confusion.end());
  return values;
}

class MetricsOracleTest : public testing::TestWithParam<const char*> {};

TEST_P(MetricsOracleTest, MatchesScikitLearnWithin1e9) {
  const auto [targets, probabilities] = read_predictions(GetParam());
  const auto want = read_npy<double>(oracle(GetParam(), "scores"));
  const auto got = as_recorded(score_predictions(targets, probabilities, true));
  ASSERT_EQ(got.size(), want.size());
  const char* const names[] = {"accuracy", "balanced accuracy", "macro F1", "ROC AUC", "average precision", "log loss",
                               "MCC",      "quadratic kappa",   "Spearman"};
  double worst = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_LE(difference(got[i], want[i]), 1e-9)
        << (i < 9 ? names[i] : "by class") << " [" << i << "]: " << got[i] << ", not " << want[i];
    worst = std::max(worst, difference(got[i], want[i]));
  }
  std::ostringstream text;
  text << worst;
  RecordProperty("worst", text.str());
}

INSTANTIATE_TEST_SUITE_P(ScikitLearn, MetricsOracleTest,
                         testing::Values("random_2", "random_3", "random_10", "opposed_3", "tied_2", "tied_3",
                                         "tied_10", "constant_3", "certain_3", "never_predicted_3", "without_targets_3",
                                         "one_class_3", "single_row_right_3", "single_row_wrong_3"),
                         [](const auto& test) { return std::string(test.param); });

TEST(MetricsTest, RankingIsNotDefinedWhereAClassHasNoRow) {
  const auto [targets, probabilities] = read_predictions("without_targets_3");
  const Scores scores = score_predictions(targets, probabilities, true);
  EXPECT_TRUE(std::isnan(scores.roc_auc));
  EXPECT_TRUE(std::isnan(scores.average_precision));
  EXPECT_FALSE(std::isnan(scores.log_loss));
}

TEST(MetricsTest, MetricsOfAnOrderAreNotDefinedForUnorderedClasses) {
  const auto [targets, probabilities] = read_predictions("random_3");
  const Scores scores = score_predictions(targets, probabilities, false);
  EXPECT_TRUE(std::isnan(scores.quadratic_kappa));
  EXPECT_TRUE(std::isnan(scores.spearman));
  EXPECT_EQ(scores.mcc, score_predictions(targets, probabilities, true).mcc);
}

TEST(MetricsTest, CertaintyOfTheWrongClassCostsAFiniteLogLoss) {
  const Scores scores = score_predictions(std::vector{0, 1}, certain({1, 1}, 2), true);
  EXPECT_NEAR(scores.log_loss, -std::log(1e-15) / 2.0, 1e-9);
}

TEST(MetricsTest, RefusesNoRowsAndLengthsThatDiffer) {
  EXPECT_THROW(score_predictions({}, Probabilities{0, 3, {}}, true), std::invalid_argument);
  EXPECT_THROW(score_predictions(std::vector{0, 1, 2}, certain({0, 1}, 3), true), std::invalid_argument);
}

TEST(ProbabilitiesTest, TheLowestOfEqualClassesIsPredicted) {
  const Probabilities p{3, 3, {0.2, 0.4, 0.4, 0.4, 0.2, 0.4, 0.0, 0.0, 1.0}};
  EXPECT_EQ(p.predicted(0), 1);
  EXPECT_EQ(p.predicted(1), 0);
  EXPECT_EQ(p.predicted(2), 2);
}

TEST(RankingTest, PerfectAndReversedOrdersAreTheEnds) {
  const std::vector<bool> positive{false, false, true, true};
  EXPECT_DOUBLE_EQ(roc_auc(positive, {1, 2, 3, 4}), 1.0);
  EXPECT_DOUBLE_EQ(roc_auc(positive, {4, 3, 2, 1}), 0.0);
  EXPECT_DOUBLE_EQ(roc_auc(positive, {1, 1, 1, 1}), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(positive, {1, 2, 3, 4}), 1.0);
  EXPECT_DOUBLE_EQ(average_precision(positive, {4, 3, 2, 1}), 0.5 * (1.0 / 3.0 + 2.0 / 4.0));
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3}, {10, 200, 3000}), 1.0);
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3}, {3, 2, 1}), -1.0);
}

TEST(RankingTest, WhatHasOneSideOnlyIsNotANumber) {
  EXPECT_TRUE(std::isnan(roc_auc({true, true}, {1, 2})));
  EXPECT_TRUE(std::isnan(roc_auc({false, false}, {1, 2})));
  EXPECT_TRUE(std::isnan(average_precision({false, false}, {1, 2})));
  EXPECT_TRUE(std::isnan(spearman({1, 1, 1}, {1, 2, 3})));
  EXPECT_TRUE(std::isnan(spearman({1, 2, 3}, {2, 2, 2})));
}

/// 40 artists of 5 songs; predictions are right for two artists of three and at fault for all songs of the third.
struct Songs {
  Songs() {
    std::vector<int> answers;
    for (int artist = 0; artist < 40; ++artist) {
      for (int song = 0; song < 5; ++song) {
        targets.push_back((artist + song) % 3);
        answers.push_back(artist % 3 == 0 ? (targets.back() + 1) % 3 : targets.back());
        groups.push_back("artist " + std::to_string(artist));
      }
    }
    probabilities = certain(answers, 3);
  }
  std::vector<int> targets;
  std::vector<std::string> groups;
  Probabilities probabilities;
};

double width(const Interval& interval) {
  return interval.high - interval.low;
}

TEST(BootstrapTest, IntervalsContainThePointEstimates) {
  const Songs songs;
  const Scores scores = score_predictions(songs.targets, songs.probabilities, true);
  const Uncertainty got = bootstrap(songs.targets, songs.probabilities, 0, songs.groups, 1);
  EXPECT_LT(got.accuracy.low, scores.accuracy);
  EXPECT_GT(got.accuracy.high, scores.accuracy);
  EXPECT_LT(got.macro_f1.low, scores.macro_f1);
  EXPECT_GT(got.macro_f1.high, scores.macro_f1);
  const double advantage = scores.accuracy - static_cast<double>(scores.classes[0].support) / 200.0;
  EXPECT_LT(got.advantage.low, advantage);
  EXPECT_GT(got.advantage.high, advantage);
  EXPECT_TRUE(got.beats_majority());
}

TEST(BootstrapTest, TheIntervalOfASimpleShareIsTheNormalOne) {
  std::vector<int> targets(400, 1);
  std::vector<int> answers(400, 1);
  std::fill_n(answers.begin(), 100, 0);
  const Uncertainty got = bootstrap(targets, certain(answers, 2), 0, std::vector<std::string>(400), 1);
  const double half = 1.96 * std::sqrt(0.75 * 0.25 / 400.0);
  EXPECT_NEAR(got.accuracy.low, 0.75 - half, 0.005);
  EXPECT_NEAR(got.accuracy.high, 0.75 + half, 0.005);
}

TEST(BootstrapTest, TheSameSeedGivesTheSameIntervalsAndAnotherSeedOthers) {
  const Songs songs;
  const auto low_and_high = [&](std::uint64_t seed) {
    const Uncertainty u = bootstrap(songs.targets, songs.probabilities, 0, songs.groups, seed);
    return std::vector{u.accuracy.low,  u.accuracy.high, u.macro_f1.low,
                       u.macro_f1.high, u.advantage.low, u.advantage.high};
  };
  EXPECT_EQ(low_and_high(3), low_and_high(3));
  EXPECT_NE(low_and_high(3), low_and_high(4));
}

TEST(BootstrapTest, WholeGroupsAreResampled) {
  const Songs songs;
  const auto interval = [&](const std::vector<std::string>& groups) {
    return bootstrap(songs.targets, songs.probabilities, 0, groups, 1).accuracy;
  };
  EXPECT_EQ(width(interval(std::vector<std::string>(200, "one artist"))), 0.0);
  const double by_row = width(interval(std::vector<std::string>(200)));
  EXPECT_GT(by_row, 0.05);
  // An artist's five songs stand or fall together: the interval is sqrt(5) as wide.
  EXPECT_NEAR(width(interval(songs.groups)) / by_row, std::sqrt(5.0), 0.3);
}

TEST(BootstrapTest, TheMajorityDoesNotBeatItself) {
  const std::vector<int> targets{0, 0, 0, 1, 2, 0, 1, 0, 0, 2};
  const Uncertainty got = bootstrap(targets, majority_baseline(targets, 3, 10), 0, std::vector<std::string>(10), 1);
  EXPECT_EQ(got.advantage.low, 0.0);
  EXPECT_EQ(got.advantage.high, 0.0);
  EXPECT_FALSE(got.beats_majority());
}

TEST(BaselineTest, TheMajorityIsCertainOfTheMostFrequentTrainingClass) {
  const Probabilities p = majority_baseline(std::vector{2, 1, 2, 0, 2}, 3, 2);
  EXPECT_EQ(p.n_rows, 2U);
  EXPECT_EQ(p.n_classes, 3);
  EXPECT_EQ(p.values, (std::vector<double>{0, 0, 1, 0, 0, 1}));
}

TEST(BaselineTest, ThePriorIsTheTrainingClassShares) {
  const Probabilities p = prior_baseline(std::vector{2, 1, 2, 2}, 3, 2);
  EXPECT_EQ(p.n_rows, 2U);
  EXPECT_EQ(p.n_classes, 3);
  EXPECT_EQ(p.values, (std::vector<double>{0, 0.25, 0.75, 0, 0.25, 0.75}));
}

}  // namespace
}  // namespace hitscope::models
