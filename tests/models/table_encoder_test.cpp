// TableEncoder against scikit-learn 1.2.1, whose answers tests/oracles/record_logistic.py records.
#include "models/data/table_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/npy.h"

namespace hitscope::models {
namespace {

using tests::read_npy;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Rows 0..n_train-1 train, the next one validates and all others test.
TrainingFold first_rows_train(std::size_t n_train, std::size_t n_rows) {
  std::vector<std::string> values(n_rows, "test");
  std::fill_n(values.begin(), n_train, "train");
  values[n_train] = "validation";
  return Split::by_column(values, "", std::vector<int>(n_rows, 0), {}, {}).training_fold();
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

TEST(TableEncoderOracleTest, MatchesScikitLearnWithin1e6) {
  const std::string folder = std::string(ORACLES) + "/logistic/";
  const auto numeric = read_npy<double>(folder + "numeric.npy");
  const auto category = read_npy<double>(folder + "category.npy");
  const auto want = read_npy<double>(folder + "encoded.npy");
  FeatureTable table;
  for (std::size_t column = 0; column < 4; ++column) {
    table.numeric.push_back({"x" + std::to_string(column), {}});
    for (std::size_t row = 0; row < category.size(); ++row) {
      table.numeric.back().values.push_back(numeric[row * 4 + column]);
    }
  }
  table.categorical.push_back({"category", {}});
  for (const double code : category) table.categorical[0].values.push_back(std::to_string(static_cast<int>(code)));

  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(300, category.size()));
  const Matrix got = encoder.transform(table, all_rows(category.size()));
  ASSERT_EQ(got.n_rows, 400U);
  ASSERT_EQ(got.n_columns, 9U);
  ASSERT_EQ(got.values.size(), want.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_TRUE(std::isfinite(got.values[i])) << i;
    worst = std::max(worst, std::abs(static_cast<double>(got.values[i]) - want[i]));
  }
  EXPECT_LE(worst, 1e-6);
  RecordProperty("worst", std::to_string(worst * 1e9) + "e-9");
}

TEST(TableEncoderTest, MissingNumbersBecomeTheMedianOfTheTrainingRows) {
  const FeatureTable table = one_number({1.0, 2.0, 3.0, 10.0, kMissing, kMissing, 500.0});
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(5, 7));
  const Matrix matrix = encoder.transform(table, all_rows(7));
  // Imputed 2.5: mean 3.7, population variance 10.36.
  EXPECT_FLOAT_EQ(matrix.values[4], static_cast<float>((2.5 - 3.7) / std::sqrt(10.36)));
  EXPECT_EQ(matrix.values[5], matrix.values[4]);
  EXPECT_FLOAT_EQ(matrix.values[6], static_cast<float>((500.0 - 3.7) / std::sqrt(10.36)));
}

TEST(TableEncoderTest, ANumberMissingFromEveryTrainingRowIsNoNan) {
  const FeatureTable table = one_number({kMissing, kMissing, kMissing, 3.0, kMissing});
  const Matrix matrix = TableEncoder::fit(table, first_rows_train(3, 5)).transform(table, all_rows(5));
  for (const float value : matrix.values) EXPECT_TRUE(std::isfinite(value));
  EXPECT_EQ(matrix.values[0], 0.0F);
}

TEST(TableEncoderTest, AConstantNumberIsOnlyCentred) {
  const FeatureTable table = one_number({5.0, 5.0, 5.0, 5.0, 8.0});
  const Matrix matrix = TableEncoder::fit(table, first_rows_train(3, 5)).transform(table, all_rows(5));
  EXPECT_EQ(matrix.values, (std::vector<float>{0.0F, 0.0F, 0.0F, 0.0F, 3.0F}));
}

TEST(TableEncoderTest, AConstantNumberThatRoundsIsOnlyCentredToo) {
  std::vector<double> values(300, 0.1);
  values.push_back(0.1);
  values.push_back(0.2);
  const FeatureTable table = one_number(values);
  const Matrix matrix = TableEncoder::fit(table, first_rows_train(300, 302)).transform(table, all_rows(302));
  EXPECT_NEAR(matrix.values.front(), 0.0F, 1e-6F);
  EXPECT_NEAR(matrix.values.back(), 0.1F, 1e-6F);
}

TEST(TableEncoderTest, CategoriesNotSeenInTrainingAreAllZeros) {
  const FeatureTable table = one_category({"rock", "jazz", "", "rock", "pop", "jazz"});
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(4, 6));
  ASSERT_EQ(encoder.n_columns(), 3U);  // "", jazz, rock
  const std::vector<std::size_t> rows{4, 5, 2, 0};
  EXPECT_EQ(encoder.transform(table, rows).values, (std::vector<float>{0, 0, 0,  //
                                                                       0, 1, 0,  //
                                                                       1, 0, 0,  //
                                                                       0, 0, 1}));
}

TEST(TableEncoderTest, OnlyTrainingRowsAreLearnedFrom) {
  FeatureTable table = one_number({1.0, 4.0, 2.0, 7.0, 5.0});
  table.categorical = one_category({"a", "b", "a", "c", "d"}).categorical;
  const TrainingFold fold = first_rows_train(3, 5);
  const std::string before = TableEncoder::fit(table, fold).to_json();
  table.numeric[0].values[3] = -1e6;
  table.numeric[0].values[4] = kMissing;
  table.categorical[0].values[3] = "x";
  table.categorical[0].values[4] = "y";
  EXPECT_EQ(TableEncoder::fit(table, fold).to_json(), before);
  table.numeric[0].values[2] = 3.0;
  EXPECT_NE(TableEncoder::fit(table, fold).to_json(), before);
}

TEST(TableEncoderTest, ColumnsAreFoundByNameWhateverTheirOrder) {
  FeatureTable table{{{"tempo", {1.0, 2.0, 4.0, 3.0, 9.0}}, {"energy", {0.5, 0.1, 0.9, 0.2, 0.3}}}, {}};
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(3, 5));
  const Matrix before = encoder.transform(table, all_rows(5));
  std::swap(table.numeric[0], table.numeric[1]);
  table.numeric.push_back({"new", {1, 1, 1, 1, 1}});
  EXPECT_EQ(encoder.transform(table, all_rows(5)).values, before.values);
}

TEST(TableEncoderTest, AColumnThatIsNotThereIsNamed) {
  FeatureTable table = one_number({1.0, 2.0, 4.0, 3.0, 9.0});
  table.categorical = one_category({"a", "b", "a", "c", "d"}).categorical;
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(3, 5));
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
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(3, 5));
  const TableEncoder again = TableEncoder::from_json(encoder.to_json());
  EXPECT_EQ(again.n_columns(), 4U);  // one number, three categories
  EXPECT_EQ(again.to_json(), encoder.to_json());
  EXPECT_EQ(again.transform(table, all_rows(5)).values, encoder.transform(table, all_rows(5)).values);
}

TEST(TableEncoderTest, CategoriesThatAreNotUtf8SurviveTheRoundTrip) {
  const FeatureTable table = one_category({"Bj\xF6rk", "Sigur R\xF3s", "M\xFAm", "a", "b"});  // Latin-1
  const TableEncoder encoder = TableEncoder::fit(table, first_rows_train(3, 5));
  const TableEncoder again = TableEncoder::from_json(encoder.to_json());
  EXPECT_EQ(again.transform(table, all_rows(5)).values, encoder.transform(table, all_rows(5)).values);
}

TEST(TableEncoderTest, TextThatIsNotAnEncoderIsARuntimeError) {
  for (const char* text : {"", "{", "null", "[]", "{}", R"({"numeric": 3, "categorical": []})",
                           R"({"numeric": [{"name": "x"}], "categorical": []})",
                           R"({"numeric": [{"name": "x", "median": "1", "mean": 0, "scale": 1}], "categorical": []})",
                           R"({"numeric": [], "categorical": [{"name": "x", "values": [1]}]})"}) {
    EXPECT_THROW(TableEncoder::from_json(text), std::runtime_error) << text;
  }
}

}  // namespace
}  // namespace hitscope::models
