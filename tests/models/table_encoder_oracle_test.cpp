// TableEncoder against scikit-learn 1.2.1, whose answers tests/oracles/record_encoder.py records.
#include "models/data/table_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/encoder_tables.h"

namespace hitscope::models::data {
namespace table_encoder_oracle_test {

using namespace tests;

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
  return {dsp::from_string<Imputation>("imputation", fit.at("imputation").get<std::string>()),
          dsp::from_string<Scaling>("scaling", fit.at("scaling").get<std::string>()), select_k};
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

}  // namespace table_encoder_oracle_test
}  // namespace hitscope::models::data
