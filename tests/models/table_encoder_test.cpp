#include "models/data/table_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/encoder_tables.h"

namespace hitscope::models::data {
namespace table_encoder_test {

using namespace tests;

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
  EXPECT_THROW(dsp::from_string<Imputation>("imputation", "mode"), std::invalid_argument);
  EXPECT_THROW(dsp::from_string<Scaling>("scaling", ""), std::invalid_argument);
}

TEST(TableEncoderTest, NamesAreRead) {
  for (const Imputation i : {Imputation::kMean, Imputation::kMedian, Imputation::kMostFrequent}) {
    EXPECT_EQ(dsp::from_string<Imputation>("imputation", to_string(i)), i);
  }
  for (const Scaling s : {Scaling::kStandard, Scaling::kMinMax, Scaling::kRobust, Scaling::kNone}) {
    EXPECT_EQ(dsp::from_string<Scaling>("scaling", to_string(s)), s);
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

}  // namespace table_encoder_test
}  // namespace hitscope::models::data
