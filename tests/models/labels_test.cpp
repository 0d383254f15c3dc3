#include "models/data/labels.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models {
namespace {

using Names = std::vector<std::string>;

std::vector<double> one_to(int n) {
  std::vector<double> thresholds;
  for (int i = 1; i <= n; ++i) thresholds.push_back(i);
  return thresholds;
}

Names texts(int n) {
  Names values;
  for (int i = 0; i < n; ++i) values.push_back("v" + std::to_string(i));
  return values;
}

TEST(LabelSchemeTest, AThresholdBelongsToTheClassAboveIt) {
  const LabelScheme scheme = LabelScheme::by_thresholds({34.0, 67.0});
  EXPECT_EQ(scheme.class_names(), (Names{"low", "medium", "high"}));
  EXPECT_EQ(scheme.n_classes(), 3);
  EXPECT_TRUE(scheme.is_ordered());
  EXPECT_EQ(scheme.thresholds(), (std::vector<double>{34.0, 67.0}));
  EXPECT_EQ(scheme.label("0"), 0);
  EXPECT_EQ(scheme.label("-1"), 0);
  EXPECT_EQ(scheme.label("33.999"), 0);
  EXPECT_EQ(scheme.label("34"), 1);
  EXPECT_EQ(scheme.label("66.99"), 1);
  EXPECT_EQ(scheme.label("67"), 2);
  EXPECT_EQ(scheme.label("100"), 2);
}

TEST(LabelSchemeTest, WhatIsNotANumberHasNoClass) {
  const LabelScheme scheme = LabelScheme::by_thresholds({34.0, 67.0});
  for (const char* cell : {"", " ", "abc", "50abc", "5 0", "1,5", "0x10", "nan", "inf", "-inf", "1e999", "-", "+"}) {
    EXPECT_EQ(scheme.label(cell), std::nullopt) << "'" << cell << "'";
  }
}

TEST(LabelSchemeTest, NumbersMayBeWrittenInAnyUsualWay) {
  const LabelScheme scheme = LabelScheme::by_thresholds({34.0, 67.0});
  EXPECT_EQ(scheme.label(" 50\t"), 1);
  EXPECT_EQ(scheme.label("+50.0"), 1);
  EXPECT_EQ(scheme.label("5e1"), 1);
  EXPECT_EQ(scheme.label("-50"), 0);
}

TEST(LabelSchemeTest, OneThresholdMakesTwoClassesAndManyMakeBins) {
  EXPECT_EQ(LabelScheme::by_thresholds({50.0}).class_names(), (Names{"low", "high"}));
  const LabelScheme quarters = LabelScheme::by_thresholds({25.0, 50.0, 75.0});
  EXPECT_EQ(quarters.class_names(), (Names{"bin-0", "bin-1", "bin-2", "bin-3"}));
  EXPECT_EQ(quarters.label("75"), 3);
  EXPECT_EQ(LabelScheme::by_thresholds(one_to(100)).n_classes(), 101);
}

TEST(LabelSchemeTest, ThresholdsMustRiseAndBeOneToAHundred) {
  EXPECT_THROW(LabelScheme::by_thresholds({}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_thresholds({67.0, 34.0}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_thresholds({34.0, 34.0}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_thresholds({1.0, 3.0, 2.0}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_thresholds(one_to(101)), std::invalid_argument);
}

TEST(LabelSchemeTest, AThresholdThatIsNotANumberIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(LabelScheme::by_thresholds({nan}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_thresholds({34.0, nan}), std::invalid_argument);
}

TEST(LabelSchemeTest, CategoriesThatAreNumbersStandInNumericOrder) {
  const LabelScheme scheme = LabelScheme::by_category(Names{"10", "9", "-1", "9", "", "2.5"});
  EXPECT_EQ(scheme.class_names(), (Names{"-1", "2.5", "9", "10"}));
  EXPECT_FALSE(scheme.is_ordered());
  EXPECT_EQ(scheme.label("10"), 3);
  EXPECT_EQ(scheme.label("-1"), 0);
}

TEST(LabelSchemeTest, CategoriesWithATextAmongThemStandInTextOrder) {
  const LabelScheme scheme = LabelScheme::by_category(Names{"rock", "10", "9", "jazz", "rock"});
  EXPECT_EQ(scheme.class_names(), (Names{"10", "9", "jazz", "rock"}));
  EXPECT_EQ(scheme.label("jazz"), 2);
}

TEST(LabelSchemeTest, AnUnknownCategoryHasNoClass) {
  const LabelScheme scheme = LabelScheme::by_category(Names{"rock", "jazz"});
  EXPECT_EQ(scheme.label("Rock"), std::nullopt);
  EXPECT_EQ(scheme.label("pop"), std::nullopt);
  EXPECT_EQ(scheme.label(""), std::nullopt);
}

TEST(LabelSchemeTest, CategoriesMustBeTwoToAHundred) {
  EXPECT_THROW(LabelScheme::by_category(Names{}), std::invalid_argument);
  EXPECT_THROW(LabelScheme::by_category(Names{"rock", "rock", ""}), std::invalid_argument);
  EXPECT_EQ(LabelScheme::by_category(texts(2)).n_classes(), 2);
  EXPECT_EQ(LabelScheme::by_category(texts(100)).n_classes(), 100);
  EXPECT_THROW(LabelScheme::by_category(texts(101)), std::invalid_argument);
}

TEST(ParseNumberTest, ReadsTheWholeCell) {
  EXPECT_EQ(parse_number("0.1"), 0.1);
  EXPECT_EQ(parse_number("  -2.5e-3 "), -2.5e-3);
  EXPECT_EQ(parse_number("+7"), 7.0);
  EXPECT_EQ(parse_number("7 %"), std::nullopt);
}

TEST(ParseNumberTest, TwoSignsAreNotANumber) {
  EXPECT_EQ(parse_number("--5"), std::nullopt);
  EXPECT_EQ(parse_number("++5"), std::nullopt);
  EXPECT_EQ(parse_number("+-5"), std::nullopt);
}

}  // namespace
}  // namespace hitscope::models
