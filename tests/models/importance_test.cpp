#include "models/evaluation/importance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/head.h"
#include "tests/support/labelled_examples.h"

namespace hitscope::models::evaluation {
namespace importance_test {

using tests::LabelledExamples;

/// Knows the answer from one column: class 1 where the number is over 0, or the text is "yes".
class ColumnHead final : public Head {
 public:
  explicit ColumnHead(std::string column) : column_(std::move(column)) {}
  const HeadInfo& info() const override {
    static const HeadInfo info{.name = "column", .summary = "", .meets = data::needs::kClasses};
    return info;
  }
  FitSummary fit(const data::Examples&, const data::Targets&, const data::TrainingFold&, const FitOptions&) override {
    return {};
  }
  int n_classes() const override { return 2; }
  HeadFiles save() const override { return {}; }
  void load(const HeadFiles&) override {}

  data::Probabilities predict(const data::Examples& data, std::span<const std::size_t> rows) override {
    most_rows = std::max(most_rows, rows.size());
    data::Probabilities p{rows.size(), 2, {}};
    for (const std::size_t row : rows) {
      const bool second = is_second(data.table, row);
      p.values.insert(p.values.end(), {second ? 0.0 : 1.0, second ? 1.0 : 0.0});
    }
    return p;
  }
  std::size_t most_rows = 0;

 private:
  bool is_second(const data::FeatureTable& table, std::size_t row) const {
    for (const data::NumericColumn& c : table.numeric) {
      if (c.name == column_) return c.values.at(row) > 0.0;
    }
    for (const data::CategoricalColumn& c : table.categorical) {
      if (c.name == column_) return c.values.at(row) == "yes";
    }
    throw std::logic_error("no such column");
  }
  std::string column_;
};

/// Answers with a column as it stands.
class CopyingHead final : public Head {
 public:
  const HeadInfo& info() const override {
    static const HeadInfo info{.name = "copying", .summary = "", .meets = data::needs::kValues};
    return info;
  }
  FitSummary fit(const data::Examples&, const data::Targets&, const data::TrainingFold&, const FitOptions&) override {
    return {};
  }
  int n_classes() const override { return 0; }
  HeadFiles save() const override { return {}; }
  void load(const HeadFiles&) override {}
  data::Probabilities predict(const data::Examples&, std::span<const std::size_t>) override {
    throw std::logic_error("values");
  }
  std::vector<double> predict_values(const data::Examples& data, std::span<const std::size_t> rows) override {
    std::vector<double> values;
    for (const std::size_t row : rows) values.push_back(data.table.numeric.at(1).values.at(row));
    return values;
  }
};

/// Classes in turn; "tells" and "says" give them away, the others do not.
LabelledExamples made(std::size_t n) {
  LabelledExamples data{{n, {{{"noise", {}}, {"tells", {}}}, {{"word", {}}, {"says", {}}}}, {}}, data::Classes{{}, 2}};
  for (std::size_t row = 0; row < n; ++row) {
    const bool second = row % 2 == 1;
    data.labels().push_back(second ? 1 : 0);
    data.table.numeric[0].values.push_back(static_cast<double>(row));
    data.table.numeric[1].values.push_back(second ? 1.0 : -1.0);
    data.table.categorical[0].values.emplace_back(row % 3 == 0 ? "a" : "b");
    data.table.categorical[1].values.emplace_back(second ? "yes" : "no");
  }
  return data;
}

std::vector<std::size_t> first_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

TEST(ImportanceTest, OnlyTheColumnThatAHeadLooksAtMatters) {
  const LabelledExamples data = made(400);
  for (const char* column : {"tells", "says"}) {
    ColumnHead head(column);
    const auto importances = permutation_importance(head, data, data.targets, first_rows(400), 200, 1);
    ASSERT_EQ(importances.size(), 4U);
    EXPECT_EQ(importances[0].column, column);
    // Shuffled, macro-F1 is the share of hits: hypergeometric, mean 1/2, standard deviation 1 / (2 sqrt(n - 1)).
    EXPECT_NEAR(importances[0].mean, 0.5, 0.01);
    EXPECT_NEAR(importances[0].standard_deviation, 0.02503, 0.005);
    for (std::size_t i = 1; i < 4; ++i) {
      EXPECT_EQ(importances[i].mean, 0.0) << importances[i].column;
      EXPECT_EQ(importances[i].standard_deviation, 0.0) << importances[i].column;
    }
  }
}

TEST(ImportanceTest, OfARegressionItIsTheFallInR2) {
  LabelledExamples data = made(400);
  std::vector<double>& values = data.table.numeric[1].values;
  for (std::size_t row = 0; row < 400; ++row) values[row] = std::sin(static_cast<double>(row));
  data.set_values(values);
  CopyingHead head;
  const auto importances = permutation_importance(head, data, data.targets, first_rows(400), 200, 1);
  ASSERT_EQ(importances.size(), 4U);
  EXPECT_EQ(importances[0].column, "tells");
  // R² falls from 1 to 2 r - 1, r being the correlation of the shuffled with the true values: mean 0, standard
  // deviation 1 / sqrt(n - 1).
  EXPECT_NEAR(importances[0].mean, 2.0, 0.03);
  EXPECT_NEAR(importances[0].standard_deviation, 2.0 * 0.05006, 0.02);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(importances[i].mean, 0.0) << importances[i].column;
}

TEST(ImportanceTest, EqualColumnsKeepTheTablesOrder) {
  const LabelledExamples data = made(20);
  ColumnHead head("says");
  std::vector<std::string> names;
  for (const Importance& i : permutation_importance(head, data, data.targets, first_rows(20), 3, 1))
    names.push_back(i.column);
  EXPECT_EQ(names, (std::vector<std::string>{"says", "noise", "tells", "word"}));
}

TEST(ImportanceTest, RowsThatAreNotAskedForDoNotMatter) {
  LabelledExamples data = made(60);
  std::vector<std::size_t> rows = first_rows(40);
  std::reverse(rows.begin(), rows.end());
  ColumnHead head("tells");
  const auto before = permutation_importance(head, data, data.targets, rows, 5, 3);
  for (std::size_t row = 40; row < 60; ++row) {
    data.table.numeric[1].values[row] = -data.table.numeric[1].values[row];
    data.labels()[row] = 0;
  }
  const auto after = permutation_importance(head, data, data.targets, rows, 5, 3);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(after[i].column, before[i].column);
    EXPECT_EQ(after[i].mean, before[i].mean);
    EXPECT_EQ(after[i].standard_deviation, before[i].standard_deviation);
  }
}

TEST(ImportanceTest, AColumnThatMisleadsIsNegative) {
  LabelledExamples data = made(200);
  for (double& value : data.table.numeric[1].values) value = -value;
  ColumnHead head("tells");
  const auto importances = permutation_importance(head, data, data.targets, first_rows(200), 20, 1);
  EXPECT_EQ(importances.back().column, "tells");
  EXPECT_NEAR(importances.back().mean, -0.5, 0.05);
}

TEST(ImportanceTest, AtMostTwoThousandRowsAreUsed) {
  const LabelledExamples data = made(5000);
  ColumnHead head("tells");
  const auto importances = permutation_importance(head, data, data.targets, first_rows(5000), 2, 1);
  EXPECT_EQ(head.most_rows, 2000U);
  EXPECT_NEAR(importances[0].mean, 0.5, 0.06);
}

TEST(ImportanceTest, TheSameSeedGivesTheSameAnswerAndAnotherDoesNot) {
  const LabelledExamples data = made(101);
  ColumnHead head("tells");
  const auto mean = [&](std::uint64_t seed) {
    return permutation_importance(head, data, data.targets, first_rows(101), 7, seed)[0].mean;
  };
  EXPECT_EQ(mean(1), mean(1));
  EXPECT_NE(mean(1), mean(2));
}

TEST(ImportanceTest, BrokenPromisesAreNamed) {
  ColumnHead head("tells");
  const LabelledExamples data = made(10);
  EXPECT_THROW(permutation_importance(head, data, data.targets, {}, 3, 1), std::invalid_argument);
  EXPECT_THROW(permutation_importance(head, data, data.targets, first_rows(10), 0, 1), std::invalid_argument);
  EXPECT_THROW(permutation_importance(head, data, data::Values{}, first_rows(10), 3, 1), std::invalid_argument);
}

}  // namespace importance_test
}  // namespace hitscope::models::evaluation
