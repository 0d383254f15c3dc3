// What heads and baselines are judged by: rows of a leaderboard from predictions of test rows.
#include "models/evaluation/judging.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <variant>

#include "models/evaluation/pooled_folds.h"
#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::models::evaluation {
namespace judging_test {

using data::Classes;
using data::Probabilities;
using data::RawTargets;
using data::Split;
using data::Targets;
using data::Values;

constexpr std::size_t kRows = 40;

const Scores& classes_of(const LeaderboardRow& row) {
  return std::get<ClassResult>(row.result).scores;
}

const RegressionScores& values_of(const LeaderboardRow& row) {
  return std::get<ValueResult>(row.result).scores;
}

/// Even rows train, odd rows test but for row 39, which validates. Popularity rises with the row.
class JudgingTest : public testing::Test {
 protected:
  JudgingTest() {
    for (std::size_t row = 0; row < kRows; ++row) {
      raw_.numbers.push_back(static_cast<double>(row));
      classes_.labels.push_back(row < 24 ? 0 : 1);
      values_.values.push_back(static_cast<double>(row));
      groups_.push_back("artist " + std::to_string(row / 2));  // a training row and a test row each
    }
  }

  static Split split() {
    std::vector<std::string> parts;
    for (std::size_t row = 0; row < kRows; ++row) {
      parts.emplace_back(row == kRows - 1 ? "validation" : row % 2 == 0 ? "train" : "test");
    }
    return Split::by_column(parts, "", data::SplitRows{}, {});
  }

  Bench bench(const Targets& targets) const {
    return {targets, raw_, groups_, split_, true, split_.rows(data::Part::kTest), 1};
  }

  /// All certain of what `class_of(row)` says.
  template <typename ClassOf>
  static Probabilities certain(const Bench& bench, const ClassOf& class_of) {
    Probabilities p{bench.test.size(), 2, {}};
    for (const std::size_t row : bench.test) {
      const bool second = class_of(row) == 1;
      p.values.insert(p.values.end(), {second ? 0.0 : 1.0, second ? 1.0 : 0.0});
    }
    return p;
  }

  RawTargets raw_;
  Classes classes_{{}, 2};
  Values values_;
  std::vector<std::string> groups_;
  Split split_ = split();
};

TEST_F(JudgingTest, BaselinesOfClassesComeFromTrainingRows) {
  const Targets targets = classes_;
  const auto rows = baseline_rows(bench(targets));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name, "majority");
  EXPECT_EQ(rows[1].name, "prior");
  EXPECT_EQ(rows[2].name, "group mean");
  for (const LeaderboardRow& row : rows) EXPECT_TRUE(row.is_baseline);
  EXPECT_DOUBLE_EQ(classes_of(rows[0]).accuracy, 12.0 / 19.0);  // of 19 test rows 12 are below row 24
  EXPECT_DOUBLE_EQ(classes_of(rows[2]).accuracy, 1.0);          // the artist's training row tells all
}

TEST_F(JudgingTest, BaselinesOfValuesAreTheTrainingRowsMeanAndMedian) {
  values_.values[0] = 1000.0;  // draws the mean, not the median
  const Targets targets = values_;
  const auto rows = baseline_rows(bench(targets));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name, "mean");
  EXPECT_EQ(rows[1].name, "median");
  const double mean = (1000.0 + 19.0 * 20.0) / 20.0;  // rows 2, 4, …, 38
  double mae_of_mean = 0.0;
  double mae_of_median = 0.0;
  for (int row = 1; row < 39; row += 2) {
    mae_of_mean += std::abs(row - mean) / 19.0;
    mae_of_median += std::abs(row - 21.0) / 19.0;
  }
  EXPECT_NEAR(values_of(rows[0]).mae, mae_of_mean, 1e-12);
  EXPECT_NEAR(values_of(rows[1]).mae, mae_of_median, 1e-12);
}

TEST_F(JudgingTest, WithoutGroupsThatRecurThereIsNoGroupMean) {
  groups_.assign(kRows, "");
  const Targets targets = classes_;
  EXPECT_EQ(baseline_rows(bench(targets)).size(), 2U);
}

TEST_F(JudgingTest, AHeadForClassesIsHeldAgainstTheTestRowsMajority) {
  // Training rows are mostly of class 1 now, test rows of class 0.
  for (std::size_t row = 0; row < kRows; row += 2) classes_.labels[row] = 1;
  const Targets targets = classes_;
  EXPECT_EQ(best_constant(bench(targets)), 0);
  const auto always = judged(bench(targets), "always", certain(bench(targets), [](std::size_t) { return 0; }));
  EXPECT_DOUBLE_EQ(classes_of(always).accuracy, 12.0 / 19.0);
  EXPECT_EQ(advantage(always).low, 0.0);
  EXPECT_FALSE(beats_baseline(always));
  const auto right =
      judged(bench(targets), "right", certain(bench(targets), [&](std::size_t row) { return classes_.labels[row]; }));
  EXPECT_DOUBLE_EQ(classes_of(right).macro_f1, 1.0);
  EXPECT_TRUE(beats_baseline(right));
}

TEST_F(JudgingTest, OrderIsJudgedByTheTargetAsItWasRead) {
  const Targets targets = values_;
  const Values predicted{data::of_rows(values_.values, bench(targets).test)};
  const auto up = judged(bench(targets), "up", predicted);
  EXPECT_DOUBLE_EQ(up.ranking.spearman, 1.0);
  EXPECT_DOUBLE_EQ(up.ranking.ndcg_10, 1.0);
  EXPECT_DOUBLE_EQ(up.ranking.recall_top_decile, 1.0);
  raw_.numbers.clear();
  raw_.texts.assign(kRows, "word");
  EXPECT_TRUE(std::isnan(judged(bench(targets), "up", predicted).ranking.spearman));
}

TEST_F(JudgingTest, TheWrongKindOfPredictionIsRefused) {
  const Targets targets = classes_;
  EXPECT_THROW(judged(bench(targets), "values", Values{{1.0}}), std::bad_variant_access);
}

TEST_F(JudgingTest, TwoHeadsAreComparedRowByRow) {
  const Targets targets = classes_;
  const Bench judge = bench(targets);
  const Probabilities right = certain(judge, [&](std::size_t row) { return classes_.labels[row]; });
  const Probabilities low = certain(judge, [](std::size_t) { return 0; });
  const HeadPair pair = compared(judge, "right", right, "low", low);
  EXPECT_EQ(pair.a, "right");
  EXPECT_EQ(std::get<PairedComparison>(pair.comparison).only_a_correct, 7U);
  EXPECT_EQ(std::get<PairedComparison>(pair.comparison).only_b_correct, 0U);
}

TEST_F(JudgingTest, PooledFoldsAreOneLongTestPart) {
  const std::vector<std::string> groups{"a", "b", "c"};
  const Probabilities first{3, 2, {0.9, 0.1, 0.2, 0.8, 0.7, 0.3}};
  const Probabilities second{3, 2, {0.4, 0.6, 0.6, 0.4, 0.1, 0.9}};
  PooledFolds pooled;
  pool(pooled, Classes{{0, 1, 1}, 2}, groups, {{"head", first}});
  pool(pooled, Classes{{1, 0, 0}, 2}, groups, {{"head", second}});
  const auto rows = pooled_rows(pooled, 1);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].name, "head");
  EXPECT_DOUBLE_EQ(classes_of(rows[0]).accuracy, 4.0 / 6.0);
  EXPECT_THROW(pool(pooled, Values{{1, 2, 3}}, groups, {}), std::invalid_argument);
}

TEST_F(JudgingTest, PooledValuesAreHeldAgainstTheMeanOfAllFolds) {
  const std::vector<std::string> groups{"a", "b"};
  PooledFolds pooled;
  pool(pooled, Values{{1, 2}}, groups, {{"head", Values{{1, 2}}}});
  pool(pooled, Values{{3, 4}}, groups, {{"head", Values{{3, 5}}}});
  const auto rows = pooled_rows(pooled, 1);
  EXPECT_DOUBLE_EQ(values_of(rows.at(0)).mae, 0.25);
  EXPECT_DOUBLE_EQ(values_of(rows.at(0)).r2, 1.0 - 1.0 / 5.0);
}

}  // namespace judging_test
}  // namespace hitscope::models::evaluation
