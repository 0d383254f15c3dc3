// Label schemes as words and as JSON, strata, and numbers as text.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/data/labels.h"
#include "models/data/quantile.h"
#include "tests/support/label_fixtures.h"

namespace hitscope::models::data {
namespace label_text_test {

using namespace tests;

TEST(LabelSpecTest, ComesBackAsItWas) {
  for (const char* spec : {"34,67", "0.1", "-5,1e+300", "equal-width:5", "quantiles:4", "top:1", "top:0.5", "median",
                           "percentiles:34,67/year", "percentiles:34,67", "map:genres.csv", "categories",
                           "popularity-101", "regression"}) {
    EXPECT_EQ(to_string(parse_label_spec(spec)), spec);
  }
  EXPECT_EQ(to_string(parse_label_spec("top:1%")), "top:1");
  EXPECT_EQ(to_string(parse_label_spec("34, 67")), "34,67");
  EXPECT_EQ(parse_label_spec("percentiles:50/a/b").group_column, "a/b");
}

TEST(LabelSpecTest, ErrorsSayWhatIsWrongAndWhatTheChoicesAre) {
  for (const char* spec : {"",
                           "high",
                           "34;67",
                           "34,",
                           "67,34",
                           "34,34",
                           "nan",
                           "inf",
                           "quantiles",
                           "quantiles:",
                           "quantiles:1",
                           "quantiles:101",
                           "quantiles:2.5",
                           "equal-width:x",
                           "top:0",
                           "top:100",
                           "top:",
                           "top:nan",
                           "median:3",
                           "percentiles:",
                           "percentiles:0,50",
                           "percentiles:50/",
                           "map:",
                           "Categories",
                           "popularity-100",
                           "34,67,abc",
                           "foo:3"}) {
    const std::string message = message_of([&] { parse_label_spec(spec); });
    EXPECT_EQ(message.rfind("`labels` '" + std::string(spec) + "': ", 0), 0U) << message;
    EXPECT_NE(message.find("the choices are 34,67, equal-width:5, quantiles:4"), std::string::npos) << message;
  }
}

TEST(LabelJsonTest, KeepsEveryKindToTheLastDigit) {
  const Numbers values{0.1, 1.0 / 3.0, 2.0 / 3.0, 1e-300, 12.34567890123456789, 55.5, 67.1, 99.0, 98.6};
  for (const char* spec : {"0.1,0.30000000000000004", "equal-width:3", "quantiles:4", "top:30", "median",
                           "percentiles:34,67", "categories", "popularity-101", "regression"}) {
    const LabelScheme scheme = fit(spec, values);
    const LabelScheme back = LabelScheme::from_json(scheme.to_json());
    EXPECT_EQ(back.to_json(), scheme.to_json());
    EXPECT_EQ(edges_of(back), edges_of(scheme));
    EXPECT_EQ(back.class_names(), scheme.class_names());
    EXPECT_EQ(to_string(back.config()), spec);
    EXPECT_EQ(back.description(), scheme.description());
    EXPECT_EQ(back.is_ordered(), scheme.is_ordered());
    for (const double value : values) EXPECT_EQ(label(back, value), label(scheme, value)) << spec;
  }
}

TEST(LabelJsonTest, KeepsGroupsTextsAndMappings) {
  const RawTargets targets = songs_by_year();
  const LabelScheme years =
      LabelScheme::fit(parse_label_spec("percentiles:34,67/year"), targets, all_but_two(targets.n_rows()));
  EXPECT_EQ(LabelScheme::from_json(years.to_json()).description(), years.description());
  const LabelScheme categories = fit_texts({.kind = LabelKind::kCategories}, {"ü", "a \"b\"", "9"});
  EXPECT_EQ(label(LabelScheme::from_json(categories.to_json()), "ü"), label(categories, "ü"));
  const LabelConfig config{.kind = LabelKind::kMapping, .mapping = {{"x", "1"}, {"y", "2"}}, .mapping_file = "m.csv"};
  const LabelScheme mapping = fit_texts(config, {"x", "y"});
  EXPECT_EQ(label(LabelScheme::from_json(mapping.to_json()), "y"), 1);
}

TEST(LabelJsonTest, RefusesWhatItDidNotWrite) {
  const std::string good = fit("34,67", {1.0}).to_json();
  auto broken = [&](const char* path, const nlohmann::json& value) {
    auto json = nlohmann::json::parse(good);
    json[nlohmann::json::json_pointer(path)] = value;
    return json.dump();
  };
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1]"), good.substr(0, good.size() / 2), broken("/kind", "foo"),
        broken("/kind", 3), broken("/edges", {67, 34}), broken("/edges", Numbers{}), broken("/edges", {1}),
        broken("/edges", "34"), broken("/class_names", {"a", "b"}), broken("/group_edges", {{"2000", {1}}}),
        broken("/config/edges", {3, 2}), broken("/kind", "categories"), broken("/kind", "popularity-101"),
        broken("/kind", "regression"), broken("/edges", {34, nullptr})}) {
    EXPECT_THROW(LabelScheme::from_json(text), std::runtime_error) << text;
  }
}

TEST(StrataTest, NumbersAreTenBinsAboutAsLarge) {
  const std::vector<int> strata = strata_of(numbers(one_to(1000)));
  for (int bin = 0; bin < 10; ++bin) EXPECT_EQ(std::count(strata.begin(), strata.end(), bin), 100) << bin;
}

TEST(StrataTest, FewDistinctNumbersAreAStratumEachHoweverRare) {
  Numbers values(99, 0.0);
  values.push_back(1.0);
  values.push_back(kNan);
  const std::vector<int> strata = strata_of(numbers(values));
  EXPECT_EQ(std::count(strata.begin(), strata.end(), 0), 99);
  EXPECT_EQ(strata[99], 1);
  EXPECT_EQ(strata[100], -1);
}

TEST(StrataTest, RepeatedValuesMakeFewerBins) {
  Numbers values(600, 0.0);
  for (int i = 1; i <= 400; ++i) values.push_back(i);
  const std::vector<int> strata = strata_of(numbers(values));
  EXPECT_EQ(std::count(strata.begin(), strata.end(), 0), 600 + 0) << "zeros together";
  EXPECT_EQ(*std::max_element(strata.begin(), strata.end()), 4);
}

TEST(StrataTest, TextsAreAStratumEachAndMissingOnesTheirOwn) {
  EXPECT_EQ(strata_of(texts({"b", "", "a", "b"})), (std::vector<int>{1, -1, 0, 1}));
  EXPECT_TRUE(strata_of({}).empty());
  EXPECT_EQ(strata_of(numbers({kNan, kInfinity})), (std::vector<int>{-1, -1}));
}

TEST(NumberTextTest, ReadsAsPeopleWriteAndComesBackExactly) {
  EXPECT_EQ(number_text(34.0), "34");
  EXPECT_EQ(number_text(100000.0), "100000");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(1e300), "1e+300");
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) {
    const double value = std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 200) - 150);
    EXPECT_EQ(std::stod(number_text(value)), value);
  }
}

}  // namespace label_text_test
}  // namespace hitscope::models::data
