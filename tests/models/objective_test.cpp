// Costs, samplers and schedules against Python PyTorch's, which tests/oracles/record_recipes.py records.
#include "models/neural/objective.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "models/neural/batch_feed.h"
#include "models/neural/networks/spectrogram_network.h"
#include "models/neural/recipes/learning_rate_search.h"
#include "tests/support/npy.h"

namespace hitscope::models::neural {
namespace objective_test {

constexpr std::int64_t kRows = 12;
constexpr std::int64_t kClasses = 4;

std::vector<double> oracle(const std::string& file) {
  return tests::read_npy<double>(std::string(ORACLES) + "/recipes/" + file);
}

torch::Tensor outputs(std::int64_t n_columns) {
  const torch::Tensor place = torch::arange(kRows * kClasses, torch::kFloat64);
  const torch::Tensor values = (2.0 * (1.7 * place).sin()).reshape({kRows, kClasses}).to(torch::kFloat32);
  return values.slice(1, 0, n_columns).clone().set_requires_grad(true);
}

std::vector<std::size_t> all_rows() {
  std::vector<std::size_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

class ObjectiveTest : public testing::Test {
 protected:
  ObjectiveTest() {
    for (int i = 0; i < kRows; ++i) {
      targets_.push_back(i * 7 % 4);
      values_.push_back(i * 5 % 7);
    }
  }

  /// Cost number `i` of the script, and its gradient.
  static void expect_as_recorded(const torch::Tensor& cost, const torch::Tensor& output, std::size_t i) {
    EXPECT_NEAR(cost.item<double>(), oracle("costs.npy").at(i), 1e-4);
    cost.backward();
    const std::vector<double> all = oracle("gradients.npy");
    for (std::int64_t row = 0; row < output.size(0); ++row) {
      for (std::int64_t c = 0; c < output.size(1); ++c) {
        const double want = all.at(i * kRows * kClasses + static_cast<std::size_t>(row * kClasses + c));
        EXPECT_NEAR(output.grad()[row][c].item<double>(), want, 1e-5) << row << ' ' << c;
      }
    }
  }

  std::vector<int> targets_;
  std::vector<double> values_;
  std::vector<double> weights_{1.0, 0.5, 2.0, 1.5};
};

TEST_F(ObjectiveTest, CrossEntropyIsPythonsWithWeightsAndSmoothing) {
  torch::Tensor output = outputs(kClasses);
  expect_as_recorded(Objective::classes(targets_).cost(output, all_rows()), output, 0);
  output = outputs(kClasses);
  const Objective weighted = Objective::classes(targets_, weights_);
  expect_as_recorded(weighted.cost(output, all_rows(), 0.1), output, 1);
  EXPECT_NEAR(weighted.weight(all_rows()), 3 * (1.0 + 0.5 + 2.0 + 1.5), 1e-9);
  EXPECT_EQ(Objective::classes(targets_).weight(all_rows()), 12.0);
}

TEST_F(ObjectiveTest, FocalCostLeavesSureRowsOut) {
  torch::Tensor output = outputs(kClasses);
  expect_as_recorded(Objective::classes(targets_).cost(output, all_rows(), 0.0, 2.0), output, 2);
  output = outputs(kClasses);
  expect_as_recorded(Objective::classes(targets_, weights_).cost(output, all_rows(), 0.0, 0.5), output, 3);
}

TEST_F(ObjectiveTest, FocalCostWithoutGammaIsCrossEntropySmoothedOrNot) {
  const Objective weighted = Objective::classes(targets_, weights_);
  const torch::Tensor output = outputs(kClasses);
  EXPECT_NEAR(weighted.cost(output, all_rows(), 0.1, 1e-9).item<double>(),
              weighted.cost(output, all_rows(), 0.1, 0.0).item<double>(), 1e-4);
}

TEST_F(ObjectiveTest, RankingCountsEveryPairOfDifferentValuesOnce) {
  const torch::Tensor output = outputs(1);
  const Objective ranking = Objective::ranking(values_);
  expect_as_recorded(ranking.cost(output, all_rows()), output, 4);
  // Of 12 values 0 to 6, five stand twice: 66 pairs but those five.
  EXPECT_EQ(ranking.weight(all_rows()), 61.0);
}

TEST_F(ObjectiveTest, PartsAddUpToTheWhole) {
  const torch::Tensor output = outputs(kClasses);
  const Objective weighted = Objective::classes(targets_, weights_);
  const auto rows = all_rows();
  const std::span<const std::size_t> span(rows);
  const double sum = weighted.cost(output.slice(0, 0, 5), span.first(5), 0.1).item<double>() +
                     weighted.cost(output.slice(0, 5), span.subspan(5), 0.1).item<double>();
  EXPECT_NEAR(sum, weighted.cost(output, rows, 0.1).item<double>(), 1e-4);
  EXPECT_NEAR(weighted.weight(span.first(5)) + weighted.weight(span.subspan(5)), weighted.weight(rows), 1e-9);
}

TEST(CumulativeLinkTest, GivesTheProbabilitiesOfOrderedClasses) {
  auto network = networks::make_network(
      "four_block_cnn", {8, 8, 4, recipes::ClipNormalisation::kNone, 0, recipes::ObjectiveKind::kOrdinal});
  network->eval();
  const torch::NoGradGuard no_grad;
  auto parameters = network->named_parameters();
  // The embedding is left out: the score is the bias, and the cut points are the script's.
  parameters["output.weight"].zero_();
  const auto cuts = std::vector<double>{-1.0, 0.25, 1.5};
  parameters["cut_points"][0] = cuts[0];
  for (std::int64_t k = 1; k < 3; ++k) {
    parameters["cut_points"][k] =
        std::log(std::expm1(cuts[static_cast<std::size_t>(k)] - cuts[static_cast<std::size_t>(k - 1)]));
  }
  const std::vector<double> want = oracle("ordinal.npy");
  for (std::int64_t row = 0; row < kRows; ++row) {
    parameters["output.bias"][0] = 3.0 * std::sin(0.9 * static_cast<double>(row));
    const torch::Tensor logits = network->forward(torch::zeros({1, 1, 8, 8}));
    for (std::int64_t c = 0; c < kClasses; ++c) {
      EXPECT_NEAR(logits[0][c].item<double>(), want.at(static_cast<std::size_t>(row * kClasses + c)), 2e-5);
    }
  }
}

TEST(CumulativeLinkTest, BeginsWithAllClassesAsLikelyForAScoreOfZero) {
  auto network = networks::make_network(
      "four_block_cnn", {8, 8, 5, recipes::ClipNormalisation::kNone, 0, recipes::ObjectiveKind::kOrdinal});
  network->eval();
  const torch::NoGradGuard no_grad;
  network->named_parameters()["output.weight"].zero_();
  network->named_parameters()["output.bias"].zero_();
  const torch::Tensor p = network->forward(torch::zeros({1, 1, 8, 8})).exp();
  for (std::int64_t c = 0; c < 5; ++c) EXPECT_NEAR(p[0][c].item<double>(), 0.2, 1e-5);
}

TEST(ScheduleTest, OneCycleIsPythons) {
  const std::vector<double> want = oracle("one_cycle.npy");
  recipes::Recipe recipe;
  recipe.learning_rate = 2e-3;
  recipe.schedule = recipes::Schedule::kOneCycle;
  std::size_t row = 0;
  for (const std::size_t n_steps : {std::size_t{10}, std::size_t{57}, std::size_t{200}}) {
    for (std::size_t i = 0; i < n_steps; ++i) {
      EXPECT_NEAR(scheduled_rate(recipe, i, n_steps), want.at(row * 200 + i), 1e-9) << n_steps << ' ' << i;
    }
    ++row;
  }
}

TEST(ScheduleTest, CosineRisesFallsAndEndsAtNothingConstantStays) {
  recipes::Recipe recipe;
  recipe.learning_rate = 1.0;
  recipe.schedule = recipes::Schedule::kCosine;
  recipe.warm_up = 0.1;
  EXPECT_NEAR(scheduled_rate(recipe, 0, 100), 0.1, 1e-12);
  EXPECT_NEAR(scheduled_rate(recipe, 9, 100), 1.0, 1e-12);
  EXPECT_NEAR(scheduled_rate(recipe, 54, 100), 0.5, 1e-12);
  EXPECT_NEAR(scheduled_rate(recipe, 99, 100), 0.0, 1e-12);
  recipe.schedule = recipes::Schedule::kConstant;
  EXPECT_NEAR(scheduled_rate(recipe, 4, 100), 0.5, 1e-12);
  EXPECT_EQ(scheduled_rate(recipe, 99, 100), 1.0);
}

TEST(RecipeTest, AChoiceOutOfRangeIsRefusedNamingFieldValueAndRule) {
  recipes::RecipeChoice choice;
  choice.label_smoothing = 1.0;
  try {
    choice.over({});
    FAIL() << "nothing was thrown";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "label_smoothing is 1; it must be from 0 to 0.99");
  }
  EXPECT_THROW(dsp::from_string<recipes::Schedule>("schedule", "linear"), std::invalid_argument);
  EXPECT_EQ(dsp::from_string<recipes::StopMetric>("stop_metric", to_string(recipes::StopMetric::kQuadraticKappa)),
            recipes::StopMetric::kQuadraticKappa);
}

TEST(BalancedRowsTest, DrawEveryClassAsOftenAndEveryRowInTurn) {
  std::vector<int> targets(100, 0);
  for (std::size_t i = 0; i < 10; ++i) targets[i] = 1;
  targets[10] = 2;
  std::vector<std::size_t> rows(100);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto order = balanced_rows(rows, targets, 1, 1);
  ASSERT_EQ(order.size(), 100U);
  std::map<int, int> by_class;
  std::map<std::size_t, int> by_row;
  for (const std::size_t row : order) {
    ++by_class[targets[row]];
    ++by_row[row];
  }
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(by_class[c], 33, 1);
  for (std::size_t row = 0; row < 10; ++row) EXPECT_NEAR(by_row[row], 3, 1) << row;
  EXPECT_NE(order, balanced_rows(rows, targets, 1, 2));
  EXPECT_EQ(order, balanced_rows(rows, targets, 1, 1));
}

TEST(LearningRateSearchTest, ChoosesWhereTheLossFallsFastestAndEndsWhereItRises) {
  int n_steps = 0;
  const auto trials = recipes::try_learning_rates([&](double rate) {
    ++n_steps;
    const double x = std::log10(rate);
    return x > -1.0 ? 100.0 : 2.0 - 1.0 / (1.0 + std::exp(-6.0 * (x + 3.0)));  // falls most at 1e-3
  });
  EXPECT_LT(n_steps, 100);
  const double rate = recipes::steepest_rate(trials).value();
  EXPECT_GT(rate, 8e-4);
  EXPECT_LT(rate, 1e-2);  // the average lags behind
  EXPECT_FALSE(recipes::steepest_rate({{1e-6, 1.0}, {1e-5, 2.0}}));
}

}  // namespace objective_test
}  // namespace hitscope::models::neural
