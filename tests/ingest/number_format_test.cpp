#include "ingest/tables/number_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace hitscope::ingest::tables {
namespace number_format_test {

TEST(NumberFormatTest, ReadsPlainNumbersToTheLastBit) {
  for (const auto& [text, value] : {std::pair{"0", 0.0},
                                    {"12", 12.0},
                                    {"+3", 3.0},
                                    {"-1e-3", -0.001},
                                    {".5", 0.5},
                                    {"5.", 5.0},
                                    {"0.1", 0.1},
                                    {"1.01E-06", 1.01e-6},
                                    {"007", 7.0},
                                    {"−5", -5.0},
                                    {"4.9e-324", 4.9e-324},
                                    {"9007199254740993", 9007199254740992.0}}) {
    EXPECT_EQ(parse_number(text, {}), value) << text;
  }
  EXPECT_TRUE(std::signbit(*parse_number("-0", {})));
}

TEST(NumberFormatTest, TakesNothingElseForANumber) {
  for (const char* text :
       {"",  "+", "-",   "--3", "+-3", "1,2",  "1 2",    "1x",    "x1", "0x1F", "1e",      "e5", "1.2.3",
        ".", "%", "12%", "nan", "NaN", "-nan", "nan(1)", "1e5.5", "$5", "in",   "infinit", "١"}) {
    EXPECT_EQ(parse_number(text, {}), std::nullopt) << text;
  }
}

TEST(NumberFormatTest, TellsInfiniteFromTiny) {
  const double infinity = HUGE_VAL;
  for (const char* text : {"inf", "INF", "Infinity", "+inf", "∞", "1e999", "1e309"}) {
    EXPECT_EQ(parse_number(text, {}), infinity) << text;
    EXPECT_EQ(parse_number("-" + std::string(text).substr(text[0] == '+' ? 1 : 0), {}), -infinity) << text;
  }
  for (const std::string& text : {std::string("1e-999"), "0." + std::string(400, '0') + "1"}) {
    EXPECT_EQ(parse_number(text, {}), 0.0) << text;
  }
  EXPECT_EQ(parse_number(std::string(400, '9'), {}), infinity);
  EXPECT_EQ(parse_number(std::string(1'000'000, '9') + "x", {'.', ','}), std::nullopt);
}

TEST(NumberFormatTest, ReadsGroupsOfThreeDigits) {
  for (const auto& [text, format, value] : {std::tuple{"1,234,567", NumberFormat{'.', ','}, 1234567.0},
                                            {"1,234.5", {'.', ','}, 1234.5},
                                            {"-12,345e2", {'.', ','}, -1234500.0},
                                            {"1234567", {'.', ','}, 1234567.0},
                                            {"1234.5", {'.', ','}, 1234.5},
                                            {"1.234.567,89", {',', '.'}, 1234567.89},
                                            {"1.234", {',', '.'}, 1234.0},
                                            {"0,5", {','}, 0.5},
                                            {",5", {','}, 0.5},
                                            {"1 234", {'.', ' '}, 1234.0},
                                            {"1\u00A0234", {'.', ' '}, 1234.0},
                                            {"1\u202F234,5", {',', ' '}, 1234.5},
                                            {"1\u2009234", {'.', ' '}, 1234.0},
                                            {"1'234", {'.', '\''}, 1234.0},
                                            {"1’234", {'.', '\''}, 1234.0},
                                            {"1_234", {'.', '_'}, 1234.0}}) {
    EXPECT_EQ(parse_number(text, format), value) << text;
  }
}

TEST(NumberFormatTest, RefusesGroupsThatAreNone) {
  for (const char* text : {"1,23", "12,34,567", "1234,567", ",123", "1,", "1,,234", "0,123", "01,234", "1,234,",
                           "1,2345", "1.5,000", "1,234.5.6"}) {
    EXPECT_EQ(parse_number(text, {'.', ','}), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number("1.5", {',', '.'}), std::nullopt);
  EXPECT_EQ(parse_number("1.5", {','}), std::nullopt) << "a point is no decimal comma";
}

TEST(NumberFormatTest, ReadsPercentOnlyWhereItIsExpected) {
  EXPECT_EQ(parse_number("12%", {'.', '\0', true}), 12.0);
  EXPECT_EQ(parse_number("-12.5 %", {'.', '\0', true}), -12.5);
  EXPECT_EQ(parse_number("1,5%", {',', '\0', true}), 1.5);
  EXPECT_EQ(parse_number("12", {'.', '\0', true}), 12.0);
  EXPECT_EQ(parse_number("%", {'.', '\0', true}), std::nullopt);
  EXPECT_EQ(parse_number("12%%", {'.', '\0', true}), std::nullopt);
  EXPECT_EQ(parse_number("12%", {}), std::nullopt);
}

}  // namespace number_format_test
}  // namespace hitscope::ingest::tables
