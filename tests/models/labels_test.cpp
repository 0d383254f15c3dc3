// Classes of a column; edges against NumPy 1.24 and bins against scikit-learn 1.2.1, whose answers
// tests/oracles/record_labels.py records.
#include "models/data/labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/label_fixtures.h"

namespace hitscope::models::data {
namespace labels_test {

using namespace tests;

TEST(LabelsOracleTest, EdgesAreNumPysToTheLastDigitAndClassesScikitLearns) {
  std::ifstream file(std::string(ORACLES) + "/labels/edges.json");
  const auto cases = nlohmann::json::parse(file);
  EXPECT_GE(cases.size(), 80U);
  for (const auto& one : cases) {
    const std::string spec = one["spec"];
    const Numbers values = one["values"];
    const LabelScheme scheme = fit(spec, values);
    EXPECT_EQ(edges_of(scheme), one["edges"].get<Numbers>()) << spec << " of " << values.size() << " values";
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(label(scheme, values[i]), one["classes"][i]) << spec;
  }
}

TEST(LabelSchemeTest, AThresholdBelongsToTheClassAboveIt) {
  const LabelScheme scheme = fit("34,67", {1.0});
  EXPECT_EQ(scheme.class_names(), (Names{"low", "medium", "high"}));
  EXPECT_EQ(scheme.n_classes(), 3);
  EXPECT_TRUE(scheme.is_ordered());
  EXPECT_EQ(label(scheme, -1.0), 0);
  EXPECT_EQ(label(scheme, 33.999), 0);
  EXPECT_EQ(label(scheme, 34.0), 1);
  EXPECT_EQ(label(scheme, 66.99), 1);
  EXPECT_EQ(label(scheme, 67.0), 2);
  EXPECT_EQ(label(scheme, 100.0), 2);
}

TEST(LabelSchemeTest, APercentileIsTheShareOfTrainingValuesBelow) {
  Numbers values;
  for (int i = 0; i <= 200; ++i) values.push_back(10.0 + i * i);  // any rising values: percentile i / 2
  const LabelScheme scheme = fit("percentile", values);
  EXPECT_TRUE(scheme.is_regression());
  EXPECT_EQ(scheme.n_classes(), 0);
  const auto value = [&](const LabelScheme& of, double x) { return of.value(numbers({x}), 0); };
  for (int i = 0; i <= 200; i += 2) EXPECT_NEAR(value(scheme, values[static_cast<std::size_t>(i)]), i / 2.0, 1e-9);
  EXPECT_EQ(value(scheme, -1.0), 0.0);
  EXPECT_EQ(value(scheme, 1e9), 100.0);
  EXPECT_TRUE(std::isnan(value(scheme, kNan)));
  EXPECT_EQ(value(LabelScheme::from_json(scheme.to_json()), 1234.5), value(scheme, 1234.5));
  EXPECT_FALSE(scheme.label(numbers({3.0}), 0));
  EXPECT_EQ(fit("regression", values).value(numbers({42.5}), 0), 42.5);
}

TEST(LabelSchemeTest, EqualValuesHaveTheMeanOfTheirPercentiles) {
  Numbers values(60, 0.0);  // 0 is percentiles 0 to 59
  for (int i = 1; i <= 41; ++i) values.push_back(i);
  const LabelScheme scheme = fit("percentile", values);
  EXPECT_NEAR(scheme.value(numbers({0.0}), 0), 29.5, 1e-9);
  EXPECT_NEAR(scheme.value(numbers({1.0}), 0), 60.0, 1e-9);
  EXPECT_NEAR(scheme.value(numbers({41.0}), 0), 100.0, 1e-9);
  const LabelScheme constant = fit("percentile", Numbers(5, 7.0));
  EXPECT_EQ(constant.value(numbers({7.0}), 0), 50.0);
}

TEST(LabelSchemeTest, WhatIsNotANumberHasNoClass) {
  for (const char* spec : {"34,67", "quantiles:3", "top:10", "median", "popularity-101", "categories"}) {
    const LabelScheme scheme = fit(spec, {1.0, 2.0, 40.0, 70.0});
    for (const double value : {kNan, kInfinity, -kInfinity}) EXPECT_EQ(label(scheme, value), std::nullopt) << spec;
  }
}

TEST(LabelSchemeTest, OneEdgeMakesTwoClassesAndManyMakeBins) {
  EXPECT_EQ(fit("50", {1.0}).class_names(), (Names{"low", "high"}));
  EXPECT_EQ(fit("25,50,75", {1.0}).class_names(), (Names{"bin-0", "bin-1", "bin-2", "bin-3"}));
  EXPECT_EQ(label(fit("25,50,75", {1.0}), 75.0), 3);
  EXPECT_EQ(fit({.kind = LabelKind::kThresholds, .edges = one_to(100)}, {1.0}).n_classes(), 101);
}

TEST(LabelSchemeTest, ConfigsOutOfRangeAreRefusedByFieldAndRule) {
  const auto message = [](const LabelConfig& config) { return message_of([&] { config.validate(); }); };
  for (const Numbers& edges :
       {Numbers{}, {67.0, 34.0}, {34.0, 34.0}, {1.0, 3.0, 2.0}, {kNan}, {34.0, kNan}, {kInfinity}, one_to(101)}) {
    EXPECT_NE(message({.edges = edges}).find("it must be 1 to 100 numbers in increasing order"), std::string::npos);
  }
  for (const Numbers& edges : {Numbers{0.0}, {100.0}, {-1.0, 50.0}, {50.0, 50.0}, {}}) {
    EXPECT_NE(message({.kind = LabelKind::kGroupPercentiles, .edges = edges}).find("edges"), std::string::npos);
  }
  for (const int n : {1, 0, -3, 101}) {
    EXPECT_NE(message({.kind = LabelKind::kQuantiles, .n_classes = n}).find("n_classes is "), std::string::npos);
    EXPECT_NE(message({.kind = LabelKind::kEqualWidth, .n_classes = n}).find("n_classes is "), std::string::npos);
  }
  for (const double percent : {0.0, 100.0, -1.0, kNan}) {
    EXPECT_NE(message({.kind = LabelKind::kTopPercent, .percent = percent}).find("percent is "), std::string::npos);
  }
  EXPECT_NE(message({.kind = LabelKind::kMapping}).find("at least 2"), std::string::npos);
  EXPECT_NE(message({.kind = LabelKind::kMapping, .mapping = {{"a", ""}, {"b", "c"}}}).find("name"), std::string::npos);
}

TEST(LabelSchemeTest, EdgesThatCoincideAreRefusedWithTheirValue) {
  // Two fifths of all songs have popularity 0: a third of them cannot be "low" and others with the same 0 "medium".
  Numbers popularity(40, 0.0);
  for (int i = 1; i <= 60; ++i) popularity.push_back(i);
  const std::string message = message_of([&] { fit("quantiles:3", popularity); });
  EXPECT_NE(message.find("40 of 100 training rows have the value 0"), std::string::npos) << message;
  EXPECT_NE(message.find("fewer classes"), std::string::npos) << message;
  EXPECT_NO_THROW(fit("quantiles:2", popularity));
  EXPECT_NE(message_of([&] { fit("percentiles:10,67", popularity); }).find("the value 0"), std::string::npos);
  Numbers middle = one_to(9);
  middle.insert(middle.end(), 20, 4.5);
  EXPECT_NE(message_of([&] { fit("quantiles:4", middle); }).find("the value 4.5"), std::string::npos);
}

TEST(LabelSchemeTest, AConstantColumnHasNoEdges) {
  for (const char* spec : {"equal-width:3", "quantiles:2", "top:1", "percentiles:50", "median"}) {
    EXPECT_NE(message_of([&] { fit(spec, Numbers(50, 7.0)); }).find("7"), std::string::npos) << spec;
  }
  EXPECT_NO_THROW(fit("34,67", Numbers(50, 7.0)));
}

TEST(LabelSchemeTest, AColumnWithoutTrainingValuesIsRefused) {
  for (const char* spec : {"34,67", "quantiles:2", "median", "popularity-101", "regression"}) {
    EXPECT_NE(message_of([&] { fit(spec, Numbers(5, kNan)); }).find("no value"), std::string::npos) << spec;
  }
}

TEST(LabelSchemeTest, ValuesTooFarApartAreRefused) {
  const double most = std::numeric_limits<double>::max();
  EXPECT_THROW(fit("equal-width:3", {-most, 0.0, most}), std::invalid_argument);
  EXPECT_THROW(fit("quantiles:3", {-most, most}), std::invalid_argument);
}

TEST(LabelSchemeTest, NumericKindsRefuseText) {
  for (const char* spec :
       {"34,67", "equal-width:3", "quantiles:2", "top:1", "percentiles:50", "median", "popularity-101", "regression"}) {
    EXPECT_NE(message_of([&] {
                fit_texts(parse_label_spec(spec), {"a", "b"});
              }).find("needs numbers"),
              std::string::npos)
        << spec;
  }
}

TEST(LabelSchemeTest, TestAndValidationRowsMoveNoEdge) {
  std::mt19937_64 random(3);
  for (const char* spec : {"equal-width:4", "quantiles:4", "top:5", "median", "percentiles:34,67/year"}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      RawTargets targets;
      std::vector<int> strata;
      for (int i = 0; i < 400; ++i) {
        targets.numbers.push_back(static_cast<double>(random() % 100'000) / 1000.0);
        targets.groups.push_back(std::to_string(1990 + random() % 8));
        strata.push_back(i % 3);
      }
      const Split split = Split::holdout(SplitKind::kRandom, {.strata = strata}, {.seed = seed});
      const LabelScheme before = LabelScheme::fit(parse_label_spec(spec), targets, split.training_fold());
      for (const Part part : {Part::kValidation, Part::kTest}) {
        for (const std::size_t row : split.rows(part)) {
          targets.numbers[row] = row % 2 == 0 ? 1e9 : -1e9;
          targets.groups[row] = "2099";
        }
      }
      const LabelScheme after = LabelScheme::fit(parse_label_spec(spec), targets, split.training_fold());
      ASSERT_EQ(before.to_json(), after.to_json()) << spec << " at seed " << seed;
    }
  }
}

TEST(LabelSchemeTest, EveryClassOfLearnedEdgesHasTrainingRows) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    Numbers values;
    for (int i = 0; i < 60; ++i) values.push_back(std::floor(static_cast<double>(random() % 1000) / 50.0));
    for (const char* spec : {"quantiles:5", "top:10", "median", "percentiles:20,80"}) {
      const LabelScheme scheme = fit(spec, values);
      std::vector<int> n(scheme.n_classes(), 0);
      for (const double value : values) ++n[label(scheme, value).value()];
      EXPECT_EQ(std::count(n.begin(), n.end(), 0), 0) << spec << ", round " << round;
    }
  }
}

}  // namespace labels_test
}  // namespace hitscope::models::data
