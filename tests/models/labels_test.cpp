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
namespace {

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
    EXPECT_NE(message({.edges = edges}).find("thresholds must be 1 to 100 strictly increasing"), std::string::npos);
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
  EXPECT_NE(message.find("coincide at 0, the value of 40 of 100 training rows"), std::string::npos) << message;
  EXPECT_NE(message.find("fewer classes"), std::string::npos) << message;
  EXPECT_NO_THROW(fit("quantiles:2", popularity));
  EXPECT_NE(message_of([&] { fit("percentiles:10,67", popularity); }).find("at 0"), std::string::npos);
  Numbers middle = one_to(9);
  middle.insert(middle.end(), 20, 4.5);
  EXPECT_NE(message_of([&] { fit("quantiles:4", middle); }).find("at 4.5"), std::string::npos);
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
              }).find("need numbers"),
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

TEST(TopPercentTest, HighStartsAtThePercentile) {
  const LabelScheme scheme = fit("top:10", one_to(101));  // the 90th percentile is 91
  EXPECT_EQ(label(scheme, 91.0), 1);
  EXPECT_EQ(label(scheme, 90.99), 0);
  EXPECT_EQ(scheme.class_names(), (Names{"low", "high"}));
  EXPECT_EQ(scheme.description(), "high is >= 91");
}

TEST(MedianTest, HighIsOverTheMedian) {
  const LabelScheme scheme = fit("median", {1.0, 2.0, 3.0, 3.0, 9.0});
  EXPECT_EQ(label(scheme, 3.0), 0);
  EXPECT_EQ(label(scheme, 3.001), 1);
  EXPECT_EQ(scheme.description(), "high is > 3");
  EXPECT_EQ(edges_of(fit("median", {1.0, 2.0})), Numbers{1.5});
  EXPECT_NE(message_of([] { fit("median", {0.0, 5.0, 5.0}); }).find("over the median, 5"), std::string::npos);
}

TEST(GroupPercentilesTest, EdgesAreOfTheRowsOwnGroup) {
  const RawTargets targets = songs_by_year();
  const LabelScheme scheme =
      LabelScheme::fit(parse_label_spec("percentiles:34,67/year"), targets, all_but_two(targets.n_rows()));
  const auto label_in = [&](const char* year, double value) {
    return scheme.label({.numbers = {value}, .texts = {}, .groups = {year}}, 0);
  };
  for (int year = 0; year < 3; ++year) {
    const std::string name = std::to_string(2000 + year);
    EXPECT_EQ(label_in(name.c_str(), 100.0 * year + 33.9), 0);
    EXPECT_EQ(label_in(name.c_str(), 100.0 * year + 34.0), 1);
    EXPECT_EQ(label_in(name.c_str(), 100.0 * year + 67.0), 2);
  }
  EXPECT_EQ(scheme.class_names(), (Names{"low", "medium", "high"}));
  const std::string text = scheme.description();
  EXPECT_EQ(text.rfind("edges by year: 2000: 34, 67; 2001: 134, 167; 2002: 234, 267; other rows: ", 0), 0U) << text;
}

TEST(GroupPercentilesTest, SmallUnseenAndNamelessGroupsUseTheEdgesOfAllRows) {
  const RawTargets targets = songs_by_year();
  const TrainingFold fold = all_but_two(targets.n_rows());
  const LabelScheme by_year = LabelScheme::fit(parse_label_spec("percentiles:34,67/year"), targets, fold);
  const LabelScheme of_all = LabelScheme::fit(parse_label_spec("percentiles:34,67"), targets, fold);
  for (const char* group : {"1950", "2050", ""}) {
    for (const double value : {-5.0, 50.0, 108.0, 150.0, 220.0, 5010.0}) {
      const RawTargets one{.numbers = {value}, .texts = {}, .groups = {group}};
      EXPECT_EQ(by_year.label(one, 0), of_all.label(one, 0)) << group << " " << value;
    }
  }
}

TEST(GroupPercentilesTest, AGroupWhoseEdgesCoincideUsesTheEdgesOfAllRows) {
  RawTargets targets = songs_by_year();
  for (std::size_t row = 0; row < targets.n_rows(); ++row) {
    if (targets.groups[row] == "2001" && !std::isnan(targets.numbers[row])) targets.numbers[row] = 0.0;
  }
  const LabelScheme scheme =
      LabelScheme::fit(parse_label_spec("percentiles:50/year"), targets, all_but_two(targets.n_rows()));
  EXPECT_EQ(scheme.label({.numbers = {0.0}, .texts = {}, .groups = {"2001"}}, 0), 0);
  EXPECT_EQ(scheme.description().find("2001"), std::string::npos);
}

TEST(GroupPercentilesTest, GroupsAreNeededInEveryRow) {
  EXPECT_NE(message_of([] {
              fit("percentiles:50/year", {1.0, 2.0, 3.0});
            }).find("year in every row"),
            std::string::npos);
}

TEST(GroupPercentilesTest, TheDescriptionNamesTenGroupsAtMost) {
  RawTargets targets;
  for (int i = 0; i < 600; ++i) {
    targets.numbers.push_back(i);
    targets.groups.push_back("g" + std::to_string(i % 12 + 10));
  }
  const LabelScheme scheme =
      LabelScheme::fit(parse_label_spec("percentiles:50/genre"), targets, all_but_two(targets.n_rows()));
  const std::string text = scheme.description();
  EXPECT_NE(text.find("g19: "), std::string::npos) << text;
  EXPECT_EQ(text.find("g20: "), std::string::npos) << text;
  EXPECT_NE(text.find("…; other rows: "), std::string::npos) << text;
}

TEST(CategoriesTest, NumbersStandInNumericOrderAndHaveOne) {
  const LabelScheme scheme = fit("categories", {10.0, 9.0, -1.0, 9.0, kNan, 2.5, 100000.0});
  EXPECT_EQ(scheme.class_names(), (Names{"-1", "2.5", "9", "10", "100000"}));
  EXPECT_TRUE(scheme.is_ordered());
  EXPECT_EQ(label(scheme, 10.0), 3);
  EXPECT_EQ(label(scheme, -1.0), 0);
  for (const double value : {9.5, -2.0, 1e9}) EXPECT_EQ(label(scheme, value), std::nullopt) << value;
}

TEST(CategoriesTest, TextsStandInTextOrderAndHaveNone) {
  const LabelScheme scheme = fit_texts({.kind = LabelKind::kCategories}, {"rock", "10", "9", "jazz", "rock", ""});
  EXPECT_EQ(scheme.class_names(), (Names{"10", "9", "jazz", "rock"}));
  EXPECT_FALSE(scheme.is_ordered());
  EXPECT_EQ(label(scheme, "jazz"), 2);
  for (const char* text : {"Rock", "pop", "", "zzz"}) EXPECT_EQ(label(scheme, text), std::nullopt) << text;
}

TEST(CategoriesTest, ThereMustBeTwoToAHundredAndOne) {
  const LabelConfig config{.kind = LabelKind::kCategories};
  EXPECT_THROW(fit_texts(config, {"rock", "rock", ""}), std::invalid_argument);
  EXPECT_THROW(fit_texts(config, {""}), std::invalid_argument);
  EXPECT_THROW(fit(config, {1.0, 1.0}), std::invalid_argument);
  EXPECT_EQ(fit_texts(config, many_texts(101)).n_classes(), 101);
  EXPECT_NE(message_of([&] { fit_texts(config, many_texts(102)); }).find("102 distinct values"), std::string::npos);
  EXPECT_THROW(fit(config, one_to(102)), std::invalid_argument);
}

TEST(MappingTest, TextsBecomeTheClassesOfTheTable) {
  const LabelConfig config{.kind = LabelKind::kMapping,
                           .mapping = {{"hard rock", "rock"}, {"punk", "rock"}, {"bebop", "jazz"}, {"opera", "art"}}};
  const LabelScheme scheme = fit_texts(config, {"punk", "hard rock", "bebop", "polka", ""});
  EXPECT_EQ(scheme.class_names(), (Names{"jazz", "rock"})) << "no row is art";
  EXPECT_FALSE(scheme.is_ordered());
  EXPECT_EQ(label(scheme, "punk"), 1);
  EXPECT_EQ(label(scheme, "bebop"), 0);
  for (const char* text : {"polka", "opera", "", "rock"}) EXPECT_EQ(label(scheme, text), std::nullopt) << text;
  EXPECT_EQ(scheme.description(), "4 texts to 2 classes: jazz, rock");
  EXPECT_NE(message_of([&] {
              fit_texts(config, {"punk", "hard rock"});
            }).find("1 distinct classes"),
            std::string::npos);
}

TEST(MappingTest, NumbersAreLookedUpAsPeopleWriteThem) {
  const LabelConfig config{.kind = LabelKind::kMapping, .mapping = {{"1", "a"}, {"2.5", "b"}}};
  const LabelScheme scheme = fit(config, {1.0, 2.5, 7.0, kNan});
  EXPECT_EQ(label(scheme, 1.0), 0);
  EXPECT_EQ(label(scheme, 2.5), 1);
  EXPECT_EQ(label(scheme, 7.0), std::nullopt);
}

TEST(PopularityClassesTest, AreTheWholeNumbersFrom0To100) {
  const LabelScheme scheme = fit("popularity-101", {3.0});
  EXPECT_EQ(scheme.n_classes(), 101);
  EXPECT_EQ(scheme.class_names().front(), "0");
  EXPECT_EQ(scheme.class_names().back(), "100");
  EXPECT_TRUE(scheme.is_ordered());
  EXPECT_EQ(label(scheme, 0.0), 0);
  EXPECT_EQ(label(scheme, 41.4), 41);
  EXPECT_EQ(label(scheme, 41.5), 42);
  EXPECT_EQ(label(scheme, 100.0), 100);
  EXPECT_EQ(label(scheme, 100.001), std::nullopt);
  EXPECT_EQ(label(scheme, -0.001), std::nullopt);
}

TEST(RegressionTest, HasNoClasses) {
  const LabelScheme scheme = fit("regression", {3.0});
  EXPECT_TRUE(scheme.is_regression());
  EXPECT_EQ(scheme.n_classes(), 0);
  EXPECT_EQ(label(scheme, 3.0), std::nullopt);
}

}  // namespace
}  // namespace hitscope::models::data
