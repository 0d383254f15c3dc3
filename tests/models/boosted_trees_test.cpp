// Boosted trees: rounds and when to stop, and that XGBoost reads what is written.
#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>

#include "models/classical/trees.h"
#include "tests/support/tree_rows.h"

namespace hitscope::models::classical {
namespace {

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

TEST(BoostedTreesTest, WriteWhatXgboostReads) {
  const auto fitted = fit_boosted_trees(exclusive_or(100, 1).view(), Rows{}.view(), of_classes(2));
  const std::string bytes = fitted.trees->to_bytes();
  BoosterHandle booster = nullptr;
  ASSERT_EQ(XGBoosterCreate(nullptr, 0, &booster), 0);
  EXPECT_EQ(XGBoosterLoadModelFromBuffer(booster, bytes.data(), bytes.size()), 0) << XGBGetLastError();
  int n_rounds = 0;
  EXPECT_EQ(XGBoosterBoostedRounds(booster, &n_rounds), 0);
  EXPECT_EQ(n_rounds, 100);
  XGBoosterFree(booster);
}

}  // namespace
}  // namespace hitscope::models::classical
