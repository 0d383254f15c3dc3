// Calibrator against scikit-learn 1.2.1, whose answers tests/oracles/record_calibration.py records.
#include "models/evaluation/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/calibration_rows.h"

namespace hitscope::models::evaluation {
namespace calibration_test {

using namespace tests;

constexpr std::array<const char*, 12> kCases{"even",     "rare",  "low_scores", "tiny_scores",
                                             "small",    "tied",  "separated",  "opposed",
                                             "constant", "three", "ten",        "skewed_three"};

nlohmann::json oracle(const std::string& name) {
  std::ifstream file(std::string(ORACLES) + "/calibration/cases.json");
  if (!file) throw std::runtime_error("no recorded answers: run tests/oracles/record_calibration.py");
  for (const auto& c : nlohmann::json::parse(file)) {
    if (c.at("name") == name) return c;
  }
  throw std::runtime_error("no recorded case " + name);
}

data::Probabilities probabilities(const nlohmann::json& c, const char* field) {
  const int n_classes = c.at("n_classes");
  std::vector<double> values = c.at(field);
  return {values.size() / static_cast<std::size_t>(n_classes), n_classes, std::move(values)};
}

double worst_difference(const std::vector<double>& got, const std::vector<double>& want) {
  if (got.size() != want.size() || got.empty()) return HUGE_VAL;
  double worst = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(got[i] - want[i]);
    worst = std::isnan(difference) ? HUGE_VAL : std::max(worst, difference);
  }
  return worst;
}

/// Platt's loss on class c of a case, in long doubles.
long double platt_loss(const nlohmann::json& c, int positive, double slope, double offset) {
  const data::Probabilities p = probabilities(c, "fit");
  const std::vector<int> targets = c.at("targets");
  const auto n1 = static_cast<long double>(std::count(targets.begin(), targets.end(), positive));
  const auto n0 = static_cast<long double>(targets.size()) - n1;
  long double loss = 0.0L;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const long double t = targets[i] == positive ? (n1 + 1) / (n1 + 2) : 1 / (n0 + 2);
    const long double z = static_cast<long double>(slope) * p.at(i, positive) + offset;
    loss += std::log1p(std::exp(-std::abs(z))) + (z >= 0 ? t * z : (t - 1) * z);
  }
  return loss;
}

class CalibrationOracleTest : public testing::TestWithParam<const char*> {};

// scikit-learn's BFGS stops at a gradient of 1e-5: up to 6e-6 from the optimum in probability where rows are few
// (the script prints it). That is its error, so what is held to 1e-6 is the rest, and all is held to the optimum.
TEST_P(CalibrationOracleTest, PlattMatchesScikitLearn) {
  const auto c = oracle(GetParam());
  const auto got = fit(Calibration::kPlatt, ThresholdMetric::kNone, probabilities(c, "fit"), c.at("targets"))
                       .apply(probabilities(c, "probe"));
  const double tolerance = GetParam() == std::string("small") || GetParam() == std::string("opposed") ? 1e-5 : 1e-6;
  EXPECT_LE(worst_difference(got.values, c.at("platt")), tolerance);
}

TEST_P(CalibrationOracleTest, PlattEndsAtTheOptimumWhereScikitLearnStopsBeforeIt) {
  const auto c = oracle(GetParam());
  const Calibrator calibrator =
      fit(Calibration::kPlatt, ThresholdMetric::kNone, probabilities(c, "fit"), c.at("targets"));
  const auto curves = nlohmann::json::parse(calibrator.to_json()).at("curves");
  ASSERT_EQ(curves.size(), c.at("optimum").size());
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const int positive = curves.size() == 1 ? 1 : static_cast<int>(i);
    const auto loss = [&](double slope, double offset) { return platt_loss(c, positive, slope, offset); };
    const long double ours = loss(curves[i].at("slope"), curves[i].at("offset"));
    const auto& theirs = c.at("platt_loss")[i];
    EXPECT_LE(ours, loss(theirs[1], theirs[2]) * (1 + 1e-15L));
    if (GetParam() == std::string("constant")) continue;  // a valley of equal optima
    const double slope = c.at("optimum")[i][1];
    EXPECT_NEAR(curves[i].at("slope").get<double>(), slope, 1e-9 * std::abs(slope));
    const double offset = c.at("optimum")[i][2];
    EXPECT_NEAR(curves[i].at("offset").get<double>(), offset, 1e-9 * std::max(1.0, std::abs(offset)));
  }
}

TEST_P(CalibrationOracleTest, IsotonicMatchesScikitLearnWithin1e9) {
  const auto c = oracle(GetParam());
  const auto got = fit(Calibration::kIsotonic, ThresholdMetric::kNone, probabilities(c, "fit"), c.at("targets"))
                       .apply(probabilities(c, "probe"));
  EXPECT_LE(worst_difference(got.values, c.at("isotonic")), 1e-9);
}

TEST_P(CalibrationOracleTest, JsonSurvivesTheRoundTripBitForBit) {
  const auto c = oracle(GetParam());
  for (const Calibration kind : {Calibration::kNone, Calibration::kPlatt, Calibration::kIsotonic}) {
    const auto metric = c.at("n_classes") == 2 ? ThresholdMetric::kF1 : ThresholdMetric::kNone;
    const Calibrator calibrator = fit(kind, metric, probabilities(c, "fit"), c.at("targets"));
    const Calibrator again = Calibrator::from_json(calibrator.to_json());
    EXPECT_EQ(again.to_json(), calibrator.to_json());
    EXPECT_EQ(again.kind(), kind);
    EXPECT_EQ(again.threshold(), calibrator.threshold());
    const auto probe = probabilities(c, "probe");
    EXPECT_EQ(again.apply(probe).values, calibrator.apply(probe).values);
    EXPECT_EQ(again.apply(probe).threshold, calibrator.apply(probe).threshold);
  }
}

INSTANTIATE_TEST_SUITE_P(ScikitLearn, CalibrationOracleTest, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param); });

TEST(CalibrationTest, OnlyValidationRowsAreLearnedFrom) {
  std::mt19937_64 random(5);
  std::vector<std::string> parts;
  std::vector<int> targets;
  std::vector<double> scores;
  for (int i = 0; i < 90; ++i) {
    parts.emplace_back(i % 3 == 0 ? "validation" : i % 3 == 1 ? "train" : "test");
    targets.push_back(static_cast<int>(random() % 2));
    if (i % 3 == 0) scores.push_back(static_cast<double>(random() % 1000) / 1000.0);
  }
  const data::TrainingFold fold = data::Split::by_column(parts, "", {}, {}).training_fold();
  for (const Calibration kind : {Calibration::kPlatt, Calibration::kIsotonic}) {
    const auto json = [&](std::span<const int> t) {
      return Calibrator::fit(kind, ThresholdMetric::kF1, of_second(scores), t, fold).to_json();
    };
    const std::string before = json(targets);
    std::vector<int> others = targets;
    for (std::size_t i = 0; i < others.size(); ++i) others[i] = i % 3 == 0 ? others[i] : 1 - others[i];
    EXPECT_EQ(json(others), before);
    others[0] = 1 - others[0];
    EXPECT_NE(json(others), before);
  }
}

TEST(CalibrationTest, ARowThatNoClassClaimsIsUniform) {
  // Class 0 is never a target, and where the others score 0 they are not.
  const data::Probabilities p{4, 3, {0.2, 0.0, 0.8, 0.2, 0.8, 0.0, 0.3, 0.0, 0.7, 0.3, 0.7, 0.0}};
  const Calibrator calibrator = fit(Calibration::kIsotonic, ThresholdMetric::kNone, p, {2, 1, 2, 1});
  const auto got = calibrator.apply({1, 3, {1.0, 0.0, 0.0}}).values;
  EXPECT_EQ(got, std::vector<double>(3, 1.0 / 3.0));
}

TEST(CalibrationTest, OneRowOneClassAndExtremeScoresStayProbabilities) {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const std::vector<std::pair<std::vector<double>, std::vector<int>>> cases{{{0.3}, {1}},
                                                                            {{0.3}, {0}},
                                                                            {{0.1, 0.9}, {0, 0}},
                                                                            {{0.1, 0.9}, {1, 1}},
                                                                            {{0.0, 1.0}, {0, 1}},
                                                                            {{0.0, 1.0}, {1, 0}},
                                                                            {{0.0, tiny}, {0, 1}},
                                                                            {{0.0, 1e-160}, {0, 1}},
                                                                            {{0.0, 1e-148, 2e-148}, {0, 1, 1}},
                                                                            {{0.5, 0.5, 0.5}, {0, 1, 1}},
                                                                            {{0.0, 0.0, 0.0}, {0, 1, 0}},
                                                                            {{1e-300, 2e-300, 1.0}, {0, 1, 1}}};
  for (const auto& [scores, targets] : cases) {
    for (const Calibration kind : {Calibration::kPlatt, Calibration::kIsotonic}) {
      const Calibrator calibrator = fit(kind, ThresholdMetric::kBalancedAccuracy, of_second(scores), targets);
      for (const double p : calibrator.apply(of_second({0.0, tiny, 0.25, 0.5, 1.0})).values) {
        EXPECT_TRUE(p >= 0.0 && p <= 1.0) << p << " " << calibrator.to_json();
      }
      EXPECT_NO_THROW(Calibrator::from_json(calibrator.to_json())) << calibrator.to_json();
    }
  }
}

TEST(CalibrationTest, AManyRowFitStaysExact) {
  // Scores are what they say, so that the calibrated are nearly the same.
  std::mt19937_64 random(3);
  std::vector<double> scores;
  std::vector<int> targets;
  for (int i = 0; i < 200000; ++i) {
    scores.push_back(static_cast<double>(random() >> 11) * 0x1p-53);
    targets.push_back(static_cast<double>(random() >> 11) * 0x1p-53 < scores.back() ? 1 : 0);
  }
  const Calibrator calibrator = fit(Calibration::kIsotonic, ThresholdMetric::kF1, of_second(scores), targets);
  for (const double score : {0.1, 0.3, 0.5, 0.9}) {
    EXPECT_NEAR(calibrator.apply(of_second({score})).at(0, 1), score, 0.02);
  }
}

TEST(CalibrationTest, BrokenPromisesAreNamed) {
  const data::TrainingFold fold = validating(2);
  const std::vector<int> targets{0, 1, 0, 0};
  const std::vector<int> unlabelled{0, -1, 0, 0};
  const auto fit_with = [&](const data::Probabilities& p, const std::vector<int>& t, ThresholdMetric m) {
    return Calibrator::fit(Calibration::kPlatt, m, p, t, fold);
  };
  const auto none = ThresholdMetric::kNone;
  EXPECT_NO_THROW(fit_with(of_second({0.1, 0.2}), targets, none));
  EXPECT_THROW(fit_with(of_second({0.1}), targets, none), std::invalid_argument);
  EXPECT_THROW(fit_with(of_second({0.1, NAN}), targets, none), std::invalid_argument);
  EXPECT_THROW(fit_with(of_second({0.1, 0.2}), unlabelled, none), std::invalid_argument);
  EXPECT_THROW(fit_with(of_second({0.1, 0.2}), {0}, none), std::invalid_argument);
  const data::Probabilities three{2, 3, {0.2, 0.3, 0.5, 0.1, 0.1, 0.8}};
  EXPECT_NO_THROW(fit_with(three, targets, none));
  EXPECT_THROW(fit_with(three, targets, ThresholdMetric::kF1), std::invalid_argument);
  EXPECT_THROW(fit_with(of_second({0.1, 0.2}), targets, none).apply(three), std::invalid_argument);
  EXPECT_THROW(fit_with(three, targets, none).apply(of_second({0.5})), std::invalid_argument);
}

TEST(CalibrationTest, NamesAreRead) {
  for (const Calibration c : {Calibration::kNone, Calibration::kPlatt, Calibration::kIsotonic}) {
    EXPECT_EQ(dsp::from_string<Calibration>("calibration", to_string(c)), c);
  }
  for (const auto m : {ThresholdMetric::kNone, ThresholdMetric::kF1, ThresholdMetric::kBalancedAccuracy}) {
    EXPECT_EQ(dsp::from_string<ThresholdMetric>("threshold_metric", to_string(m)), m);
  }
  EXPECT_EQ(to_string(ThresholdMetric::kBalancedAccuracy), "balanced-accuracy");
  EXPECT_THROW(dsp::from_string<Calibration>("calibration", "sigmoid"), std::invalid_argument);
  EXPECT_THROW(dsp::from_string<ThresholdMetric>("threshold_metric", ""), std::invalid_argument);
}

TEST(CalibrationTest, TextThatIsNotACalibrationIsARuntimeError) {
  for (const char* text :
       {"", "null", "{}", R"({"kind": "magic", "metric": "none", "threshold": 0.5, "curves": []})",
        R"({"kind": "platt", "metric": "none", "threshold": 0.5, "curves": []})",
        R"({"kind": "platt", "metric": "none", "threshold": 0.5, "curves": [{"slope": 1}]})",
        R"({"kind": "isotonic", "metric": "none", "threshold": 0.5, "curves": [{"scores": [], "values": []}]})",
        R"({"kind": "isotonic", "metric": "none", "threshold": 0.5, "curves": [{"scores": [1, 1], "values": [0, 1]}]})",
        R"({"kind": "isotonic", "metric": "none", "threshold": 0.5, "curves": [{"scores": [1], "values": [0, 1]}]})"}) {
    EXPECT_THROW(Calibrator::from_json(text), std::runtime_error) << text;
  }
}

}  // namespace calibration_test
}  // namespace hitscope::models::evaluation
