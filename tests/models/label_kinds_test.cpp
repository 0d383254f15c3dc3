// Each kind of labels by itself.
#include "models/data/labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/label_fixtures.h"

namespace hitscope::models::data {
namespace label_kinds_test {

using namespace tests;

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
  EXPECT_NE(message_of([] { fit("median", {0.0, 5.0, 5.0}); }).find("greater than the median, 5"), std::string::npos);
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

}  // namespace label_kinds_test
}  // namespace hitscope::models::data
