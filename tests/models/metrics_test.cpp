// Metrics against scikit-learn 1.2.1 and SciPy 1.10.1, whose answers tests/oracles/record_metrics.py records.
#include "models/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {
namespace metrics_test {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kTolerance = 1e-9;

json read_oracle(const std::string& name) {
  std::ifstream file(std::string(ORACLES) + "/metrics/" + name);
  return json::parse(file);
}

std::vector<double> numbers(const json& values) {
  std::vector<double> result;
  for (const json& v : values) result.push_back(v.is_null() ? kNan : v.get<double>());
  return result;
}

/// NaN is met by NaN alone.
void expect_near(double got, const json& want, const std::string& what) {
  if (want.is_null()) {
    EXPECT_TRUE(std::isnan(got)) << what << ": " << got << ", must be NaN";
  } else {
    EXPECT_NEAR(got, want.get<double>(), kTolerance * std::max(1.0, std::abs(want.get<double>()))) << what;
  }
}

void expect_all_near(const std::vector<double>& got, const json& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) expect_near(got[i], want[i], what + " " + std::to_string(i));
}

data::Probabilities probabilities_of(const json& c) {
  const std::size_t n = c["targets"].size();
  const int k = c["n_classes"];
  if (c.contains("probabilities")) return {n, k, numbers(c["probabilities"])};
  auto values = numbers(c["weights"]);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0;
    for (int j = 0; j < k; ++j) sum += values[i * k + j];
    for (int j = 0; j < k; ++j) values[i * k + j] /= sum;
  }
  return {n, k, std::move(values), c["threshold"]};
}

/// Rows that are certain of one class each.
data::Probabilities certain(const std::vector<int>& classes, int n_classes) {
  data::Probabilities p{classes.size(), n_classes, std::vector<double>(classes.size() * n_classes, 0.0)};
  for (std::size_t i = 0; i < classes.size(); ++i) p.values[i * n_classes + classes[i]] = 1.0;
  return p;
}

template <typename Member>
std::vector<double> by_class(const Scores& scores, Member member) {
  std::vector<double> values;
  for (const ClassScore& c : scores.classes) values.push_back(static_cast<double>(c.*member));
  return values;
}

void expect_class_scores(const Scores& got, const json& want) {
  const std::string name = want["name"];
  expect_near(got.accuracy, want["accuracy"], name + " accuracy");
  expect_near(got.balanced_accuracy, want["balanced_accuracy"], name + " balanced accuracy");
  expect_near(got.macro_f1, want["macro_f1"], name + " macro F1");
  expect_near(got.weighted_f1, want["weighted_f1"], name + " weighted F1");
  expect_near(got.mcc, want["mcc"], name + " MCC");
  expect_near(got.kappa, want["kappa"], name + " kappa");
  expect_near(got.quadratic_kappa, want["quadratic_kappa"], name + " quadratic kappa");
  expect_all_near(by_class(got, &ClassScore::precision), want["precision"], name + " precision");
  expect_all_near(by_class(got, &ClassScore::recall), want["recall"], name + " recall");
  expect_all_near(by_class(got, &ClassScore::f1), want["f1"], name + " F1");
  expect_all_near(by_class(got, &ClassScore::support), want["support"], name + " support");
  const std::size_t k = got.classes.size();
  std::vector<std::size_t> confusion(k * k, 0);
  for (const json& cell : want["confusion"])
    confusion[cell[0].get<std::size_t>() * k + cell[1].get<std::size_t>()] = cell[2];
  EXPECT_EQ(got.confusion, confusion) << name;
}

void expect_probability_scores(const Scores& got, const json& want) {
  const std::string name = want["name"];
  expect_near(got.roc_auc, want["roc_auc"], name + " ROC AUC");
  expect_near(got.average_precision, want["average_precision"], name + " average precision");
  expect_near(got.log_loss, want["log_loss"], name + " log loss");
  expect_near(got.brier, want["brier"], name + " Brier");
  expect_near(got.spearman, want["spearman"], name + " Spearman");
  expect_near(got.kendall, want["kendall"], name + " Kendall");
  expect_all_near(by_class(got, &ClassScore::roc_auc), want["roc_auc_by_class"], name + " ROC AUC");
  expect_all_near(by_class(got, &ClassScore::average_precision), want["average_precision_by_class"],
                  name + " average precision");
}

TEST(MetricsTest, ClassificationMatchesScikitLearnWithin1e9) {
  int n_cases = 0;
  for (const json& c : read_oracle("classification.json")) {
    if (!c.contains("weights")) continue;
    const Scores got = score_predictions(c["targets"].get<std::vector<int>>(), probabilities_of(c), true);
    expect_class_scores(got, c);
    expect_probability_scores(got, c);
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 54);
}

TEST(MetricsTest, ClassesWithoutProbabilitiesScoreTheSameAndWhatNeedsThemIsNaN) {
  for (const json& c : read_oracle("classification.json")) {
    if (!c.contains("weights")) continue;
    const data::Probabilities p = probabilities_of(c);
    std::vector<int> predicted;
    for (std::size_t i = 0; i < p.n_rows; ++i) predicted.push_back(p.predicted(i));
    const auto targets = c["targets"].get<std::vector<int>>();
    const Scores got = score_classes(targets, predicted, p.n_classes, true);
    expect_class_scores(got, c);
    for (const double v : {got.roc_auc, got.average_precision, got.log_loss, got.brier, got.classes[0].roc_auc,
                           got.classes[0].average_precision}) {
      EXPECT_TRUE(std::isnan(v));
    }
    const Scores sure = score_predictions(targets, certain(predicted, p.n_classes), true);
    expect_near(got.spearman, std::isnan(sure.spearman) ? json() : json(sure.spearman), c["name"]);
    expect_near(got.kendall, std::isnan(sure.kendall) ? json() : json(sure.kendall), c["name"]);
  }
}

TEST(MetricsTest, TheReportIsScikitLearnsCharacterForCharacter) {
  int n_cases = 0;
  for (const json& c : read_oracle("classification.json")) {
    if (!c.contains("report")) continue;
    std::vector<std::string> names;
    for (int i = 0; i < c["n_classes"].get<int>(); ++i) names.push_back((i % 2 ? "né " : "class ") + std::to_string(i));
    const Scores got = score_predictions(c["targets"].get<std::vector<int>>(), probabilities_of(c), false);
    EXPECT_EQ(classification_report(got, names), c["report"].get<std::string>()) << c["name"];
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 54);
}

TEST(MetricsTest, AReportIsAsWideAsItsLongestName) {
  const std::vector<int> targets{0, 1, 1};
  const Scores scores = score_classes(targets, targets, 2, false);
  const std::string name = "a name of twenty-nine letters";
  const std::string text = classification_report(scores, std::vector<std::string>{name, "b"});
  EXPECT_EQ(text.substr(0, 30 + 12), std::string(29, ' ') + "  precision  ");
  EXPECT_NE(text.find("\n" + std::string(28, ' ') + "b       1.00      1.00      1.00         2\n"), std::string::npos);
  EXPECT_THROW(classification_report(scores, std::vector<std::string>{name}), std::invalid_argument);
}

TEST(MetricsTest, LogLossOfRowsThatDoNotSumToOneIsOfTheirShares) {
  int n_cases = 0;
  for (const json& c : read_oracle("classification.json")) {
    if (!c.contains("probabilities")) continue;
    const Scores got = score_predictions(c["targets"].get<std::vector<int>>(), probabilities_of(c), true);
    expect_near(got.log_loss, c["log_loss"], c["name"]);
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 1);
  // float32 softmax is off by some 1e-7 a row: no better a loss for it.
  const data::Probabilities off{1, 2, {0.5 + 1e-7, 0.5 + 1e-7}};
  EXPECT_NEAR(score_predictions(std::vector{0}, off, false).log_loss, std::log(2.0), 1e-15);
}

TEST(MetricsTest, CertaintyOfTheWrongClassCostsAFiniteLogLoss) {
  const Scores scores = score_predictions(std::vector{0, 1}, certain({1, 1}, 2), true);
  EXPECT_NEAR(scores.log_loss, -std::log(1e-15) / 2.0, 1e-9);
}

TEST(MetricsTest, NaNProbabilitiesGiveNaNAndNoCrash) {
  data::Probabilities p = certain({0, 1, 2, 1}, 3);
  p.values[4] = kNan;
  const Scores scores = score_predictions(std::vector{0, 1, 2, 0}, p, true);
  for (const double v :
       {scores.roc_auc, scores.average_precision, scores.log_loss, scores.brier, scores.spearman, scores.kendall}) {
    EXPECT_TRUE(std::isnan(v));
  }
  EXPECT_FALSE(std::isnan(scores.accuracy));
}

TEST(MetricsTest, MetricsOfAnOrderAreNotDefinedForUnorderedClasses) {
  const std::vector<int> targets{0, 1, 2, 0};
  const data::Probabilities p = certain({0, 1, 1, 0}, 3);
  for (const Scores& scores : {score_predictions(targets, p, false), score_classes(targets, targets, 3, false)}) {
    EXPECT_TRUE(std::isnan(scores.quadratic_kappa));
    EXPECT_TRUE(std::isnan(scores.spearman));
    EXPECT_TRUE(std::isnan(scores.kendall));
    EXPECT_FALSE(std::isnan(scores.kappa));
  }
}

TEST(MetricsTest, RankingOfTwoClassesIsOfTheSecond) {
  const data::Probabilities p{4, 2, {0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8}};
  const Scores scores = score_predictions(std::vector{0, 1, 1, 0}, p, false);
  EXPECT_EQ(scores.average_precision, scores.classes[1].average_precision);
  EXPECT_DOUBLE_EQ(scores.average_precision, 0.5 * (1.0 / 2.0 + 2.0 / 3.0));
  EXPECT_NE(scores.average_precision, scores.classes[0].average_precision);
}

TEST(MetricsTest, OneClassAloneHasNoRanking) {
  const Scores scores = score_predictions(std::vector{0, 0}, data::Probabilities{2, 1, {1.0, 1.0}}, true);
  EXPECT_EQ(scores.accuracy, 1.0);
  EXPECT_EQ(scores.mcc, 0.0);
  EXPECT_TRUE(std::isnan(scores.roc_auc));
  EXPECT_TRUE(std::isnan(scores.kappa));
}

TEST(MetricsTest, BrokenPromisesThrow) {
  EXPECT_THROW(score_predictions({}, data::Probabilities{0, 3, {}}, true), std::invalid_argument);
  EXPECT_THROW(score_predictions(std::vector{0, 1, 2}, certain({0, 1}, 3), true), std::invalid_argument);
  EXPECT_THROW(score_predictions(std::vector{0, 3}, certain({0, 1}, 3), true), std::invalid_argument);
  EXPECT_THROW(score_predictions(std::vector{0, -1}, certain({0, 1}, 3), true), std::invalid_argument);
  EXPECT_THROW(score_predictions(std::vector{0}, data::Probabilities{1, 3, {1.0}}, true), std::invalid_argument);
  EXPECT_THROW(score_classes(std::vector{0}, std::vector{2}, 2, true), std::invalid_argument);
  EXPECT_THROW(score_classes({}, {}, 2, true), std::invalid_argument);
  EXPECT_THROW(score_values({}, {}), std::invalid_argument);
  EXPECT_THROW(score_values(std::vector{1.0}, std::vector{1.0, 2.0}), std::invalid_argument);
}

TEST(ProbabilitiesTest, TheLowestOfEqualClassesIsPredicted) {
  const data::Probabilities p{3, 3, {0.2, 0.4, 0.4, 0.4, 0.2, 0.4, 0.0, 0.0, 1.0}};
  EXPECT_EQ(p.predicted(0), 1);
  EXPECT_EQ(p.predicted(1), 0);
  EXPECT_EQ(p.predicted(2), 2);
}

TEST(ProbabilitiesTest, AThresholdDecidesBetweenTwoClasses) {
  data::Probabilities p{3, 2, {0.5, 0.5, 0.75, 0.25, 0.25, 0.75}};
  EXPECT_EQ(p.predicted(0), 0);
  p.threshold = 0.25;
  EXPECT_EQ(p.predicted(1), 1);
  p.threshold = 0.76;
  EXPECT_EQ(p.predicted(2), 0);
}

TEST(RegressionTest, MatchesScikitLearnWithin1e9) {
  int n_cases = 0;
  for (const json& c : read_oracle("regression.json")) {
    const RegressionScores got = score_values(numbers(c["targets"]), numbers(c["predicted"]));
    const std::string name = c["name"];
    expect_near(got.r2, c["r2"], name + " R²");
    expect_near(got.mae, c["mae"], name + " MAE");
    expect_near(got.rmse, c["rmse"], name + " RMSE");
    expect_near(got.median_absolute_error, c["median_absolute_error"], name + " median");
    expect_near(got.spearman, c["spearman"], name + " Spearman");
    expect_near(got.kendall, c["kendall"], name + " Kendall");
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 12);
}

TEST(RegressionTest, EqualTargetsAreConstantWhateverTheirMeanRoundsTo) {
  const std::vector<double> targets(10, 0.1);
  EXPECT_EQ(score_values(targets, targets).r2, 1.0);
  EXPECT_EQ(score_values(targets, std::vector<double>(10, 0.2)).r2, 0.0);
}

TEST(RegressionTest, WhatIsNotFiniteHasNoScore) {
  for (const double v : {kNan, HUGE_VAL, -HUGE_VAL}) {
    for (const bool in_targets : {true, false}) {
      const std::vector<double> good{1.0, 2.0, 3.0};
      const std::vector<double> bad{1.0, v, 3.0};
      const RegressionScores s = in_targets ? score_values(bad, good) : score_values(good, bad);
      for (const double got : {s.r2, s.mae, s.rmse, s.median_absolute_error, s.spearman, s.kendall}) {
        EXPECT_TRUE(std::isnan(got));
      }
    }
  }
}

}  // namespace metrics_test
}  // namespace hitscope::models::evaluation
