// Rankings and curves against scikit-learn 1.2.1 and SciPy 1.10.1: tests/oracles/record_metrics.py.
#include "models/evaluation/ranking.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {
namespace ranking_test {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kTolerance = 1e-9;

json read_oracle(const char* part) {
  std::ifstream file(std::string(ORACLES) + "/metrics/ranking.json");
  return json::parse(file)[part];
}

/// NaN is met by NaN alone.
void expect_near(double got, const json& want, const std::string& what) {
  if (want.is_null()) {
    EXPECT_TRUE(std::isnan(got)) << what << ": " << got << ", must be NaN";
  } else {
    EXPECT_NEAR(got, want.get<double>(), kTolerance) << what;
  }
}

void expect_all_near(const std::vector<double>& got, const json& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) expect_near(got[i], want[i], what + " " + std::to_string(i));
}

std::vector<bool> positives_of(const json& c) {
  std::vector<bool> positive;
  for (const int p : c["positive"]) positive.push_back(p == 1);
  return positive;
}

TEST(RankingTest, RocCurvesMatchScikitLearnWithin1e9) {
  int n_cases = 0;
  for (const json& c : read_oracle("curves")) {
    const RocCurve got = roc_curve(positives_of(c), c["scores"]);
    const std::string name = c["name"];
    expect_all_near(got.fpr, c["fpr"], name + " fpr");
    expect_all_near(got.tpr, c["tpr"], name + " tpr");
    expect_all_near(got.thresholds, c["roc_thresholds"], name + " thresholds");
    ++n_cases;
  }
  EXPECT_EQ(n_cases, 12);
}

TEST(RankingTest, PrecisionRecallCurvesMatchScikitLearnWithin1e9) {
  for (const json& c : read_oracle("curves")) {
    const PrecisionRecallCurve got = precision_recall_curve(positives_of(c), c["scores"]);
    const std::string name = c["name"];
    expect_all_near(got.precision, c["precision"], name + " precision");
    expect_all_near(got.recall, c["recall"], name + " recall");
    expect_all_near(got.thresholds, c["pr_thresholds"], name + " thresholds");
  }
}

TEST(RankingTest, CalibrationCurvesMatchScikitLearnWithin1e9) {
  int n_cases = 0;
  for (const json& c : read_oracle("curves")) {
    for (const auto& [n_bins, want] : c["calibration"].items()) {
      const auto got = calibration_curve(positives_of(c), c["scores"], std::stoi(n_bins));
      const std::string name = c["name"].get<std::string>() + " " + n_bins;
      expect_all_near(got.fraction, want[0], name + " fraction");
      expect_all_near(got.predicted, want[1], name + " predicted");
      std::size_t n_rows = 0;
      for (const std::size_t count : got.count) n_rows += count;
      EXPECT_EQ(n_rows, c["scores"].size()) << name;
      ++n_cases;
    }
  }
  EXPECT_EQ(n_cases, 60);
}

TEST(RankingTest, NdcgAndRecallMatchWithin1e9) {
  int n_cases = 0;
  for (const json& c : read_oracle("lists")) {
    const std::vector<double> relevance = c["relevance"];
    const std::vector<double> scores = c["scores"];
    for (const auto& [k, want] : c["ndcg"].items()) {
      expect_near(ndcg(relevance, scores, std::stoul(k)), want, c["name"].get<std::string>() + " ndcg " + k);
    }
    for (const auto& [k, want] : c["recall"].items()) {
      expect_near(recall_at_k(relevance, scores, std::stoul(k)), want, c["name"].get<std::string>() + " recall " + k);
      ++n_cases;
    }
    expect_near(spearman(relevance, scores), c["spearman"], c["name"]);
    expect_near(kendall(relevance, scores), c["kendall"], c["name"]);
  }
  EXPECT_EQ(n_cases, 33);
}

TEST(RankingTest, AHundredThousandTiedValuesAreCorrelatedInNoTime) {
  const json want = read_oracle("long");
  std::vector<double> a;
  std::vector<double> b;
  for (std::int64_t i = 0; i < want["n"].get<std::int64_t>(); ++i) {
    a.push_back(static_cast<double>(i * 7919 % 1009 + i / 500));
    b.push_back(static_cast<double>(i * i % 1013 + i / 300));
  }
  const auto start = std::chrono::steady_clock::now();
  expect_near(kendall(a, b), want["kendall"], "Kendall");
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  expect_near(spearman(a, b), want["spearman"], "Spearman");
  // All pairs would be 5e9 comparisons.
  EXPECT_LT(seconds, 1.0);
  RecordProperty("seconds", std::to_string(seconds));
}

/// By the definition, all pairs.
double kendall_by_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  double untied_a = 0.0;
  double untied_b = 0.0;
  const auto sign = [](double v) { return v > 0.0 ? 1.0 : v < 0.0 ? -1.0 : 0.0; };
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      sum += sign(a[i] - a[j]) * sign(b[i] - b[j]);
      untied_a += std::abs(sign(a[i] - a[j]));
      untied_b += std::abs(sign(b[i] - b[j]));
    }
  }
  return sum / std::sqrt(untied_a * untied_b);
}

TEST(RankingTest, KendallIsTheSumOverAllPairsForEveryLength) {
  for (int n = 3; n < 80; ++n) {
    std::vector<double> a;
    std::vector<double> b;
    for (int i = 0; i < n; ++i) {
      a.push_back(i * 37 % 11);
      b.push_back((i * 53 + n) % 7);
    }
    EXPECT_NEAR(kendall(a, b), kendall_by_pairs(a, b), 1e-12) << n;
  }
}

TEST(RankingTest, PerfectAndReversedOrdersAreTheEnds) {
  const std::vector<bool> positive{false, false, true, true};
  EXPECT_DOUBLE_EQ(roc_auc(positive, {1, 2, 3, 4}), 1.0);
  EXPECT_DOUBLE_EQ(roc_auc(positive, {4, 3, 2, 1}), 0.0);
  EXPECT_DOUBLE_EQ(roc_auc(positive, {1, 1, 1, 1}), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(positive, {1, 2, 3, 4}), 1.0);
  EXPECT_DOUBLE_EQ(average_precision(positive, {4, 3, 2, 1}), 0.5 * (1.0 / 3.0 + 2.0 / 4.0));
  for (const auto& correlation : {spearman, kendall}) {
    EXPECT_EQ(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{10, 200, 3000}), 1.0);
    EXPECT_EQ(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{3, 2, 1}), -1.0);
    EXPECT_EQ(correlation(std::vector<double>{-kInf, 0, kInf}, std::vector<double>{1, 2, 3}), 1.0);
  }
}

TEST(RankingTest, ZerosOfEitherSignAreEqual) {
  const std::vector<double> zeros{0.0, -0.0, 0.0, -0.0};
  EXPECT_EQ(roc_auc({true, false, false, true}, zeros), 0.5);
  EXPECT_TRUE(std::isnan(spearman(zeros, std::vector<double>{1, 2, 3, 4})));
  EXPECT_TRUE(std::isnan(kendall(zeros, std::vector<double>{1, 2, 3, 4})));
}

TEST(RankingTest, WhatIsNotDefinedIsNaN) {
  EXPECT_TRUE(std::isnan(roc_auc({true, true}, {1, 2})));
  EXPECT_TRUE(std::isnan(roc_auc({false, false}, {1, 2})));
  EXPECT_TRUE(std::isnan(roc_auc({}, {})));
  EXPECT_TRUE(std::isnan(roc_auc({true, false}, {1, kNan})));
  EXPECT_TRUE(std::isnan(average_precision({false, false}, {1, 2})));
  EXPECT_TRUE(std::isnan(average_precision({}, {})));
  EXPECT_EQ(average_precision({true, true}, {1, 2}), 1.0);
  for (const auto& correlation : {spearman, kendall}) {
    EXPECT_TRUE(std::isnan(correlation(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation(std::vector<double>{1, 2, 3}, std::vector<double>{2, 2, 2})));
    EXPECT_TRUE(std::isnan(correlation(std::vector<double>{1, kNan, 3}, std::vector<double>{1, 2, 3})));
    EXPECT_TRUE(std::isnan(correlation(std::vector<double>{1}, std::vector<double>{1})));
    EXPECT_TRUE(std::isnan(correlation({}, {})));
  }
  const std::vector<double> two{1, 2};
  EXPECT_TRUE(std::isnan(recall_at_k(two, two, 0)));
  EXPECT_TRUE(std::isnan(recall_at_k(two, two, 3)));
  EXPECT_TRUE(std::isnan(ndcg(two, std::vector<double>{1, kNan})));
}

TEST(RankingTest, NdcgOfOneItemIsWhetherItIsRelevant) {
  EXPECT_EQ(ndcg(std::vector{2.0}, std::vector{0.5}), 1.0);
  EXPECT_EQ(ndcg(std::vector{0.0}, std::vector{0.5}), 0.0);
  EXPECT_EQ(ndcg({}, {}), 0.0);
}

TEST(RankingTest, CurvesOfNothingAreEmpty) {
  EXPECT_TRUE(roc_curve({}, {}).thresholds.empty());
  EXPECT_TRUE(calibration_curve({}, {}, 10).count.empty());
  EXPECT_EQ(precision_recall_curve({}, {}).precision, std::vector<double>{1.0});
}

TEST(RankingTest, BrokenPromisesThrow) {
  const std::vector<double> two{1, 2};
  EXPECT_THROW(roc_auc({true}, two), std::invalid_argument);
  EXPECT_THROW(spearman(two, std::vector{1.0}), std::invalid_argument);
  EXPECT_THROW(kendall(two, std::vector{1.0}), std::invalid_argument);
  EXPECT_THROW(ndcg(two, std::vector{1.0}), std::invalid_argument);
  EXPECT_THROW(ndcg(std::vector{-1.0, 1.0}, two), std::invalid_argument);
  EXPECT_THROW(recall_at_k(two, std::vector{1.0}, 1), std::invalid_argument);
  EXPECT_THROW(roc_curve({true, false}, {1, kNan}), std::invalid_argument);
  EXPECT_THROW(precision_recall_curve({true, false}, {1, kNan}), std::invalid_argument);
  EXPECT_THROW(calibration_curve({true, false}, {1, kNan}, 3), std::invalid_argument);
  EXPECT_THROW(calibration_curve({true, false}, {1, 1.5}, 3), std::invalid_argument);
  EXPECT_THROW(calibration_curve({true}, {0.5}, 0), std::invalid_argument);
}

}  // namespace ranking_test
}  // namespace hitscope::models::evaluation
