// Boosted trees: rounds and when to stop, and that they predict what XGBoost predicts.
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>

#include "models/classical/trees/trees.h"
#include "tests/support/tree_rows.h"

namespace hitscope::models::classical::trees {
namespace boosted_trees_test {

using namespace tests;

TEST(BoostedTreesTest, StopAtTheBestValidationLoss) {
  std::mt19937_64 random(4);
  Rows train, validation;
  for (int i = 0; i < 600; ++i) {
    const float x = uniform(random);
    const bool noise = random() % 5 == 0;
    (i % 3 == 0 ? validation : train).add({x, uniform(random)}, (x > 0.5F) != noise ? 1 : 0);
  }
  TreesOptions options = of_classes(2);
  std::vector<Epoch> told;
  options.on_epoch = [&](const Epoch& epoch) { told.push_back(epoch); };
  const auto fitted = fit_boosted_trees(train.view(), validation.view(), options, {.patience = 7});
  ASSERT_FALSE(fitted.history.empty());
  ASSERT_EQ(told.size(), fitted.history.size());
  EXPECT_LT(fitted.history.size(), 500U);
  const auto best = std::min_element(
      told.begin(), told.end(), [](const Epoch& a, const Epoch& b) { return a.validation_loss < b.validation_loss; });
  EXPECT_EQ(told.back().number - best->number, 7);
  EXPECT_TRUE(best->is_best);
  EXPECT_FALSE(told.back().is_best);
  // What is kept is the best round: its loss is that of the trees.
  const data::Probabilities p = fitted.trees->predict_probabilities(validation.features);
  double loss = 0.0;
  for (std::size_t i = 0; i < p.n_rows; ++i) loss -= std::log(p.at(i, validation.targets[i]));
  EXPECT_NEAR(loss / static_cast<double>(p.n_rows), best->validation_loss, 1e-6);
}

TEST(BoostedTreesTest, WithoutValidationRowsTakeAFixedNumberOfRounds) {
  const auto fitted =
      fit_boosted_trees(exclusive_or(100, 1).view(), Rows{}.view(), of_classes(2), {.rounds_unvalidated = 12});
  EXPECT_EQ(fitted.history.size(), 12U);
  EXPECT_TRUE(std::isnan(fitted.history.back().validation_loss));
}

TEST(BoostedTreesTest, StopBetweenRounds) {
  std::atomic<bool> stop = false;
  TreesOptions options = of_classes(2);
  options.stop = &stop;
  options.on_epoch = [&](const Epoch& epoch) { stop = epoch.number == 3; };
  const auto fitted = fit_boosted_trees(exclusive_or(100, 1).view(), Rows{}.view(), options);
  EXPECT_EQ(fitted.trees, nullptr);
  EXPECT_EQ(fitted.history.size(), 3U);
}

/// XGBoost's own predictions [n_rows, outputs] after `n_rounds` with the settings that fit_boosted_trees gives it.
std::vector<float> predicted_by_xgboost(const Rows& rows, const std::vector<float>& labels,
                                        const std::string& objective, int n_classes, int n_rounds) {
  DMatrixHandle matrix = nullptr;
  BoosterHandle booster = nullptr;
  EXPECT_EQ(
      XGDMatrixCreateFromMat(rows.features.values.data(), rows.features.n_rows, rows.features.n_columns, NAN, &matrix),
      0);
  EXPECT_EQ(XGDMatrixSetFloatInfo(matrix, "label", labels.data(), labels.size()), 0);
  EXPECT_EQ(XGBoosterCreate(&matrix, 1, &booster), 0);
  const auto set = [&](const char* name, const std::string& value) {
    EXPECT_EQ(XGBoosterSetParam(booster, name, value.c_str()), 0);
  };
  set("objective", objective);
  if (n_classes > 2) set("num_class", std::to_string(n_classes));
  if (n_classes == 0) set("base_score", "0");
  set("tree_method", "hist");
  set("max_depth", "6");
  set("learning_rate", "0.1");
  set("seed", "1");
  set("nthread", "1");
  set("verbosity", "0");
  for (int round = 0; round < n_rounds; ++round) EXPECT_EQ(XGBoosterUpdateOneIter(booster, round, matrix), 0);
  bst_ulong n = 0;
  const float* values = nullptr;
  EXPECT_EQ(XGBoosterPredict(booster, matrix, 0, 0, 0, &n, &values), 0) << XGBGetLastError();
  std::vector<float> result(values, values + n);
  XGBoosterFree(booster);
  XGDMatrixFree(matrix);
  return result;
}

TEST(BoostedTreesTest, PredictProbabilitiesAsXgboostDoes) {
  for (const int n_classes : {2, 5}) {
    std::mt19937_64 random(7);
    Rows rows;
    for (int i = 0; i < 700; ++i) {
      const float x = uniform(random);
      const float y = uniform(random);
      rows.add({x, y, uniform(random)}, static_cast<int>(static_cast<float>(n_classes) * (0.7F * x + 0.3F * y * y)));
    }
    const auto fitted =
        fit_boosted_trees(rows.view(), Rows{}.view(), of_classes(n_classes), {.rounds_unvalidated = 30});
    const std::vector<float> theirs =
        predicted_by_xgboost(rows, {rows.targets.begin(), rows.targets.end()},
                             n_classes == 2 ? "binary:logistic" : "multi:softprob", n_classes, 30);
    const data::Probabilities ours =
        boosted_trees_from_bytes(fitted.trees->to_bytes())->predict_probabilities(rows.features);
    double worst = 0.0;
    for (std::size_t row = 0; row < ours.n_rows; ++row) {
      if (n_classes == 2) {
        worst = std::max(worst, std::abs(ours.at(row, 1) - static_cast<double>(theirs[row])));
        continue;
      }
      for (int c = 0; c < n_classes; ++c) {
        worst = std::max(worst, std::abs(ours.at(row, c) - static_cast<double>(theirs[row * n_classes + c])));
      }
    }
    EXPECT_LE(worst, 2e-7) << n_classes << " classes; floats near 1 are 6e-8 apart";
  }
}

TEST(BoostedTreesTest, PredictNumbersAsXgboostDoes) {
  std::mt19937_64 random(8);
  Rows rows;
  std::vector<float> labels;
  for (int i = 0; i < 700; ++i) {
    const float x = uniform(random);
    const double value = i % 2 == 0 ? 1.0 : -1.0;  // mean 0 and deviation 1: what is fitted is what is given
    rows.add({x + static_cast<float>(value), uniform(random)}, 0);
    rows.values.push_back(value);
    labels.push_back(static_cast<float>(value));
  }
  TreesOptions options;
  options.n_classes = 0;
  const auto fitted = fit_boosted_trees(rows.view(), Rows{}.view(), options, {.rounds_unvalidated = 30});
  const std::vector<float> theirs = predicted_by_xgboost(rows, labels, "reg:squarederror", 0, 30);
  const auto ours = boosted_trees_from_bytes(fitted.trees->to_bytes())->predict_values(rows.features);
  for (std::size_t row = 0; row < ours.size(); ++row) EXPECT_NEAR(ours[row], theirs[row], 2e-7) << row;
}

}  // namespace boosted_trees_test
}  // namespace hitscope::models::classical::trees
