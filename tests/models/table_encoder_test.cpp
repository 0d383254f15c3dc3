// TableEncoder against scikit-learn 1.2.1, whose answers tests/oracles/record_encoder.py records.
#include "models/data/table_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::data {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Rows 0..n_train-1 train, the next one validates and all others test.
TrainingFold first_rows_train(std::size_t n_train, std::size_t n_rows) {
  std::vector<std::string> values(n_rows, "test");
  std::fill_n(values.begin(), n_train, "train");
  values[n_train] = "validation";
  return Split::by_column(values, "", {}, {}).training_fold();
}

std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  for (std::size_t row = 0; row < n; ++row) rows[row] = row;
  return rows;
}

FeatureTable one_number(std::vector<double> values) {
  return {{{"tempo", std::move(values)}}, {}};
}

FeatureTable one_category(std::vector<std::string> values) {
  return {{}, {{"genre", std::move(values)}}};
}

TableEncoder fit(const FeatureTable& table, const TrainingFold& fold, const EncoderConfig& config = {}) {
  return TableEncoder::fit(table, {}, fold, config);
}

nlohmann::json oracle(const std::string& name) {
  std::ifstream file(std::string(ORACLES) + "/encoder/cases.json");
  if (!file) throw std::runtime_error("no recorded answers: run tests/oracles/record_encoder.py");
  for (const auto& c : nlohmann::json::parse(file)) {
    if (c.at("name") == name) return c;
  }
  throw std::runtime_error("no recorded case " + name);
}

FeatureTable table_of(const nlohmann::json& c) {
  FeatureTable table;
  for (const auto& name : c.at("numeric_names")) {
    table.numeric.push_back({name, {}});
    for (const auto& value : c.at("numeric").at(name.get<std::string>())) {
      table.numeric.back().values.push_back(value.is_null() ? kMissing : value.get<double>());
    }
  }
  for (const auto& name : c.at("categorical_names")) {
    table.categorical.push_back({name, c.at("categorical").at(name.get<std::string>())});
  }
  return table;
}

EncoderConfig config_of(const nlohmann::json& fit, int select_k = 0) {
  return {imputation_from(fit.at("imputation").get<std::string>()), scaling_from(fit.at("scaling").get<std::string>()),
          select_k};
}

/// Difference as a share of `want`, where that is over 1.
double difference(double got, double want) {
  const double d = std::abs(got - want) / std::max(1.0, std::abs(want));
  return std::isnan(d) ? HUGE_VAL : d;
}

class TableEncoderOracleTest : public testing::TestWithParam<const char*> {};

TEST_P(TableEncoderOracleTest, StatisticsMatchScikitLearnWithin1e12) {
  const auto c = oracle(GetParam());
  const FeatureTable table = table_of(c);
  const TrainingFold fold = first_rows_train(c.at("n_train"), table.numeric[0].values.size());
  ASSERT_EQ(c.at("fits").size(), 12U);
  for (const auto& answer : c.at("fits")) {
    const auto numbers = fit(table, fold, config_of(answer)).numbers();
    ASSERT_EQ(numbers.size(), answer.at("fill").size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::string what = answer.at("imputation").get<std::string>() + " " +
                               answer.at("scaling").get<std::string>() + " " + numbers[i].name;
      EXPECT_LE(difference(numbers[i].fill, answer.at("fill")[i]), 1e-12) << what;
      EXPECT_LE(difference(numbers[i].center, answer.at("center")[i]), 1e-12) << what;
      // As a share: some scales are tiny, and what is 1 must be 1.
      const double scale = answer.at("scale")[i];
      EXPECT_LE(std::abs(numbers[i].scale - scale) / scale, 1e-12) << what;
    }
  }
}

TEST_P(TableEncoderOracleTest, MatricesMatchScikitLearnWithin1e6) {
  const auto c = oracle(GetParam());
  const FeatureTable table = table_of(c);
  const TrainingFold fold = first_rows_train(c.at("n_train"), table.numeric[0].values.size());
  const std::vector<std::size_t> rows = c.at("rows");
  for (const auto& answer : c.at("fits")) {
    const TableEncoder encoder = fit(table, fold, config_of(answer));
    const Matrix got = encoder.transform(table, rows);
    const auto& want = answer.at("encoded");
    ASSERT_EQ(got.n_rows, rows.size());
    ASSERT_EQ(got.n_columns, want[0].size());
    for (std::size_t i = 0; i < got.values.size(); ++i) {
      const std::size_t column = i % got.n_columns;
      const double value = want[i / got.n_columns][column];
      double tolerance = 1e-6;
      if (answer.at("scaling") == "min-max" && column < encoder.numbers().size()) {
        // scikit-learn takes x / scale - center / scale, which cancels: two roundings of its terms.
        const NumberStatistics& number = encoder.numbers()[column];
        tolerance += 2.0 * std::numeric_limits<double>::epsilon() * std::abs(number.center) / number.scale;
      }
      EXPECT_LE(difference(got.values[i], value), tolerance)
          << answer.at("imputation") << answer.at("scaling") << " row " << rows[i / got.n_columns] << " column "
          << column << ": " << got.values[i] << ", not " << value;
    }
  }
}

TEST_P(TableEncoderOracleTest, SelectedColumnsAreThoseOfSelectKBest) {
  const auto c = oracle(GetParam());
  const FeatureTable table = table_of(c);
  const TrainingFold fold = first_rows_train(c.at("n_train"), table.numeric[0].values.size());
  const std::vector<int> targets = c.at("targets");
  const auto rows = all_rows(targets.size());
  for (const auto& answer : c.at("fits")) {
    const TableEncoder whole = fit(table, fold, config_of(answer));
    for (const auto& [k, columns] : answer.at("selected").items()) {
      const TableEncoder encoder = TableEncoder::fit(table, targets, fold, config_of(answer, std::stoi(k)));
      std::vector<std::string> names;
      for (const std::size_t column : columns) names.push_back(whole.column_names()[column]);
      EXPECT_EQ(encoder.column_names(), names) << answer.at("imputation") << answer.at("scaling") << k;
      ASSERT_EQ(encoder.n_columns(), columns.size());
      const Matrix all = whole.transform(table, rows);
      const Matrix kept = encoder.transform(table, rows);
      for (std::size_t i = 0; i < kept.values.size(); ++i) {
        const std::size_t column = columns[i % kept.n_columns];
        ASSERT_EQ(kept.values[i], all.values[i / kept.n_columns * all.n_columns + column]);
      }
      EXPECT_EQ(TableEncoder::from_json(encoder.to_json()).transform(table, rows).values, kept.values);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ScikitLearn, TableEncoderOracleTest,
                         testing::Values("dense", "missing", "mostly_missing", "one_row", "two_rows", "constants",
                                         "ties"),
                         [](const auto& test) { return std::string(test.param); });

TEST(TableEncoderTest, MissingNumbersBecomeTheMedianOfTheTrainingRows) {
  const FeatureTable table = one_number({1.0, 2.0, 3.0, 10.0, kMissing, kMissing, 500.0});
  const TableEncoder encoder = fit(table, first_rows_train(5, 7));
  const Matrix matrix = encoder.transform(table, all_rows(7));
  // Imputed 2.5: mean 3.7, population variance 10.36.
  EXPECT_FLOAT_EQ(matrix.values[4], static_cast<float>((2.5 - 3.7) / std::sqrt(10.36)));
  EXPECT_EQ(matrix.values[5], matrix.values[4]);
  EXPECT_FLOAT_EQ(matrix.values[6], static_cast<float>((500.0 - 3.7) / std::sqrt(10.36)));
}

TEST(TableEncoderTest, ANumberMissingFromEveryTrainingRowIsNoNan) {
  const FeatureTable table = one_number({kMissing, kMissing, kMissing, 3.0, kMissing});
  const Matrix matrix = fit(table, first_rows_train(3, 5)).transform(table, all_rows(5));
  for (const float value : matrix.values) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(matrix.values[0], 0.0F);
}

TEST(TableEncoderTest, AConstantNumberIsOnlyCentred) {
  const FeatureTable table = one_number({5.0, 5.0, 5.0, 5.0, 8.0});
  const Matrix matrix = fit(table, first_rows_train(3, 5)).transform(table, all_rows(5));
  EXPECT_EQ(matrix.values, (std::vector<float>{0.0F, 0.0F, 0.0F, 0.0F, 3.0F}));
}

TEST(TableEncoderTest, AConstantNumberThatRoundsIsOnlyCentredToo) {
  std::vector<double> values(300, 0.1);
  values.push_back(0.1);
  values.push_back(0.2);
  const FeatureTable table = one_number(values);
  const Matrix matrix = fit(table, first_rows_train(300, 302)).transform(table, all_rows(302));
  EXPECT_NEAR(matrix.values.front(), 0.0F, 1e-6F);
  EXPECT_NEAR(matrix.values.back(), 0.1F, 1e-6F);
}

TEST(TableEncoderTest, CategoriesNotSeenInTrainingAreAllZeros) {
  const FeatureTable table = one_category({"rock", "jazz", "", "rock", "pop", "jazz"});
  const TableEncoder encoder = fit(table, first_rows_train(4, 6));
  ASSERT_EQ(encoder.n_columns(), 3U);  // "", jazz, rock
  const std::vector<std::size_t> rows{4, 5, 2, 0};
  EXPECT_EQ(encoder.transform(table, rows).values, (std::vector<float>{0, 0, 0,  //
                                                                       0, 1, 0,  //
                                                                       1, 0, 0,  //
                                                                       0, 0, 1}));
}

TEST(TableEncoderTest, OnlyTrainingRowsAreLearnedFrom) {
  std::mt19937_64 random(7);
  const auto number = [&] { return random() % 5 == 0 ? kMissing : static_cast<double>(random() % 100) - 50.0; };
  for (const Imputation imputation : {Imputation::kMean, Imputation::kMedian, Imputation::kMostFrequent}) {
    for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
      FeatureTable table{{{"a", {}}, {"b", {}}}, {{"c", {}}}};
      std::vector<std::string> parts;
      std::vector<int> targets;
      for (int row = 0; row < 60; ++row) {
        parts.emplace_back(row % 3 == 0 ? "train" : row % 3 == 1 ? "validation" : "test");
        for (NumericColumn& column : table.numeric) column.values.push_back(number());
        table.categorical[0].values.push_back(std::to_string(random() % 4));
        targets.push_back(static_cast<int>(random() % 3));
      }
      const TrainingFold fold = Split::by_column(parts, "", {}, {}).training_fold();
      const auto json = [&] { return TableEncoder::fit(table, targets, fold, {imputation, scaling, 3}).to_json(); };
      const std::string before = json();
      for (std::size_t row = 0; row < 60; ++row) {
        if (row % 3 == 0) continue;
        for (NumericColumn& column : table.numeric) column.values[row] = number() * 1e6;
        table.categorical[0].values[row] = "only here";
        targets[row] = static_cast<int>(random() % 9);
      }
      EXPECT_EQ(json(), before);
      table.categorical[0].values[0] = "new";
      EXPECT_NE(json(), before);
    }
  }
}

TEST(TableEncoderTest, ColumnsAreFoundByNameWhateverTheirOrder) {
  FeatureTable table{{{"tempo", {1.0, 2.0, 4.0, 3.0, 9.0}}, {"energy", {0.5, 0.1, 0.9, 0.2, 0.3}}}, {}};
  const TableEncoder encoder = fit(table, first_rows_train(3, 5));
  const Matrix before = encoder.transform(table, all_rows(5));
  std::swap(table.numeric[0], table.numeric[1]);
  table.numeric.push_back({"new", {1, 1, 1, 1, 1}});
  EXPECT_EQ(encoder.transform(table, all_rows(5)).values, before.values);
}

TEST(TableEncoderTest, AColumnThatIsNotThereIsNamed) {
  FeatureTable table = one_number({1.0, 2.0, 4.0, 3.0, 9.0});
  table.categorical = one_category({"a", "b", "a", "c", "d"}).categorical;
  const TableEncoder encoder = fit(table, first_rows_train(3, 5));
  for (const bool numeric : {true, false}) {
    FeatureTable lacking = table;
    (numeric ? lacking.numeric[0].name : lacking.categorical[0].name) = "other";
    try {
      encoder.transform(lacking, all_rows(5));
      FAIL() << "nothing was thrown";
    } catch (const std::invalid_argument& e) {
      EXPECT_NE(std::string(e.what()).find(numeric ? "tempo" : "genre"), std::string::npos) << e.what();
    }
  }
}

TEST(TableEncoderTest, JsonSurvivesTheRoundTripBitForBit) {
  FeatureTable table = one_number({0.1, 1.0 / 3.0, 1e-300, 7e22, kMissing});
  table.categorical = one_category({"\"quoted\"\n", "Björk", "", "a", "b"}).categorical;
  const TableEncoder encoder = fit(table, first_rows_train(3, 5));
  const TableEncoder again = TableEncoder::from_json(encoder.to_json());
  EXPECT_EQ(again.n_columns(), 4U);  // one number, three categories
  EXPECT_EQ(again.to_json(), encoder.to_json());
  EXPECT_EQ(again.transform(table, all_rows(5)).values, encoder.transform(table, all_rows(5)).values);
}

TEST(TableEncoderTest, CategoriesThatAreNotUtf8SurviveTheRoundTrip) {
  const FeatureTable table = one_category({"Bj\xF6rk", "Sigur R\xF3s", "M\xFAm", "a", "b"});  // Latin-1
  const TableEncoder encoder = fit(table, first_rows_train(3, 5));
  const TableEncoder again = TableEncoder::from_json(encoder.to_json());
  EXPECT_EQ(again.transform(table, all_rows(5)).values, encoder.transform(table, all_rows(5)).values);
}

TEST(TableEncoderTest, WhatFloat32CannotHoldIsMissing) {
  const double inf = std::numeric_limits<double>::infinity();
  const FeatureTable table = one_number({1.0, 3.0, inf, -inf, 1e300, 2.0, inf, -1e39});
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    const TableEncoder encoder = fit(table, first_rows_train(5, 8), {Imputation::kMean, scaling, 0});
    EXPECT_EQ(encoder.numbers()[0].fill, 2.0);
    const Matrix matrix = encoder.transform(table, all_rows(8));
    for (const std::size_t row : {2, 3, 4, 6, 7}) EXPECT_EQ(matrix.values[row], matrix.values[5]);
  }
}

TEST(TableEncoderTest, AMatrixNeverHoldsWhatIsNotFinite) {
  const double most = std::numeric_limits<float>::max();
  const double least = std::numeric_limits<double>::denorm_min();
  const std::vector<std::vector<double>> columns{{0.0, 1e-100, 2e-100, most, -most, 1.0},
                                                 {most, -most, most, -most, 0.0, least},
                                                 {0.0, least, 2 * least, most, -most, kMissing}};
  for (const auto& values : columns) {
    for (const Imputation imputation : {Imputation::kMean, Imputation::kMedian, Imputation::kMostFrequent}) {
      for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
        const TableEncoder encoder = fit(one_number(values), first_rows_train(3, 6), {imputation, scaling, 0});
        for (const float value : encoder.transform(one_number(values), all_rows(6)).values) {
          EXPECT_TRUE(std::isfinite(value)) << value;
        }
        EXPECT_EQ(TableEncoder::from_json(encoder.to_json()).to_json(), encoder.to_json());
      }
    }
  }
}

TEST(TableEncoderTest, TheMostFrequentIsTheLeastOfEquals) {
  const FeatureTable table = one_number({7.0, 7.0, -2.0, -2.0, 1.0, kMissing, 7.0, 7.0});
  const TableEncoder encoder = fit(table, first_rows_train(6, 8), {Imputation::kMostFrequent, Scaling::kNone, 0});
  EXPECT_EQ(encoder.numbers()[0].fill, -2.0);
}

TEST(TableEncoderTest, AColumnThatSeparatesTheClassesIsKeptBeforeAllOthers) {
  FeatureTable table{
      {{"noise", {1, 5, 2, 4, 3, 0}}, {"answer", {2, 2, 9, 9, 0, 0}}, {"same", {0.1, 0.1, 0.1, 0.1, 1, 2}}},
      {{"text", {"a", "b", "b", "b", "a", "b"}}}};
  const std::vector<int> targets{0, 0, 1, 1, 0, 0};
  for (const Scaling scaling : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    const auto names = [&](int k) {
      return TableEncoder::fit(table, targets, first_rows_train(4, 6), {Imputation::kMean, scaling, k}).column_names();
    };
    EXPECT_EQ(names(1), (std::vector<std::string>{"answer"}));
    EXPECT_EQ(names(4), (std::vector<std::string>{"noise", "answer", "text=a", "text=b"}));  // all but "same"
    EXPECT_EQ(names(5).size(), 5U);
    EXPECT_EQ(names(500), names(0));
  }
}

TEST(TableEncoderTest, BrokenPromisesAreNamed) {
  const FeatureTable table = one_number({1.0, 2.0, 4.0, 3.0, 9.0});
  const TrainingFold fold = first_rows_train(3, 5);
  const std::vector<int> targets{0, 1, 0, 1, 0};
  EXPECT_THROW(TableEncoder::fit(table, targets, fold, {{}, {}, -1}), std::invalid_argument);
  EXPECT_THROW(TableEncoder::fit(table, {}, fold, {{}, {}, 1}), std::invalid_argument);
  EXPECT_THROW(TableEncoder::fit(table, std::vector<int>{0, -1, 0}, fold, {{}, {}, 1}), std::invalid_argument);
  EXPECT_THROW(fit(one_number({1.0, 2.0}), fold), std::invalid_argument);
  EXPECT_THROW(fit(one_category({"a", "b"}), fold), std::invalid_argument);
  EXPECT_THROW(fit(table, fold).transform(table, std::vector<std::size_t>{5}), std::invalid_argument);
  EXPECT_EQ(fit(table, fold).transform(table, {}).n_rows, 0U);
  EXPECT_EQ(fit(FeatureTable{}, fold).transform(FeatureTable{}, all_rows(5)).n_columns, 0U);
  EXPECT_THROW(imputation_from("mode"), std::invalid_argument);
  EXPECT_THROW(scaling_from(""), std::invalid_argument);
}

TEST(TableEncoderTest, NamesAreRead) {
  for (const Imputation i : {Imputation::kMean, Imputation::kMedian, Imputation::kMostFrequent}) {
    EXPECT_EQ(imputation_from(to_string(i)), i);
  }
  for (const Scaling s : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    EXPECT_EQ(scaling_from(to_string(s)), s);
  }
  EXPECT_EQ(to_string(Imputation::kMostFrequent), "most-frequent");
  EXPECT_EQ(to_string(Scaling::kMinMax), "min-max");
}

TEST(TableEncoderTest, TextThatIsNotAnEncoderIsARuntimeError) {
  const nlohmann::json good = nlohmann::json::parse(fit(one_number({1, 2, 4, 3, 9}), first_rows_train(3, 5)).to_json());
  const auto broken = [&](const char* field, const nlohmann::json& value) {
    nlohmann::json j = good;
    j[field] = value;
    return j.dump();
  };
  const auto number = [](const nlohmann::json& scale) {
    return nlohmann::json::array({{{"name", "x"}, {"fill", 0}, {"center", 0}, {"scale", scale}}});
  };
  EXPECT_NO_THROW(TableEncoder::from_json(broken("numeric", number(1))));
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("null"), std::string("[]"), std::string("{}"),
        broken("imputation", "mode"), broken("scaling", 3), broken("select_k", "all"), broken("numeric", 3),
        broken("numeric", number("1")), broken("numeric", number(0)), broken("numeric", number(-1)),
        broken("numeric", number(nullptr)), broken("categorical", nlohmann::json::array({{{"name", "x"}}})),
        broken("categorical", nlohmann::json::array({{{"name", "x"}, {"values", {1}}}})), broken("selected", {1}),
        broken("selected", {0, 0}), broken("selected", {-1})}) {
    EXPECT_THROW(TableEncoder::from_json(text), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace hitscope::models::data
