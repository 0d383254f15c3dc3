// Random forests and boosted trees: what holds for both.
#include "models/classical/trees/trees.h"
#include "models/classical/trees/trees_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cfloat>
#include <cmath>
#include <random>
#include <stdexcept>

#include "tests/support/tree_rows.h"

namespace hitscope::models::classical::trees {
namespace trees_test {

using namespace tests;

enum class Kind { kForest, kBoosted };

FittedTrees fit(Kind kind, const Rows& rows, const TreesOptions& options) {
  return kind == Kind::kForest ? fit_random_forest(rows.view(), options)
                               : fit_boosted_trees(rows.view(), Rows{}.view(), options);
}

std::unique_ptr<Trees> from_bytes(Kind kind, std::string_view bytes) {
  return kind == Kind::kForest ? ensemble_from_bytes(bytes) : boosted_trees_from_bytes(bytes);
}

void expect_rows_sum_to_one(const data::Probabilities& p) {
  for (std::size_t row = 0; row < p.n_rows; ++row) {
    double sum = 0.0;
    for (int c = 0; c < p.n_classes; ++c) {
      EXPECT_GE(p.at(row, c), 0.0);
      sum += p.at(row, c);
    }
    EXPECT_NEAR(sum, 1.0, 1e-12) << row;
  }
}

class TreesTest : public testing::TestWithParam<Kind> {};
INSTANTIATE_TEST_SUITE_P(Both, TreesTest, testing::Values(Kind::kForest, Kind::kBoosted),
                         [](const auto& info) { return info.param == Kind::kForest ? "Forest" : "Boosted"; });

TEST_P(TreesTest, LearnExclusiveOrWhichALinearModelCannot) {
  const auto fitted = fit(GetParam(), exclusive_or(2000, 1), of_classes(2));
  EXPECT_GT(accuracy(*fitted.trees, exclusive_or(1000, 2)), 0.97);
}

TEST_P(TreesTest, GiveTheSameBytesForTheSameSeedAndOtherwiseNot) {
  const Rows rows = exclusive_or(600, 1);
  const std::string bytes = fit(GetParam(), rows, of_classes(2, 7)).trees->to_bytes();
  EXPECT_EQ(bytes, fit(GetParam(), rows, of_classes(2, 7)).trees->to_bytes());
  // XGBoost draws nothing at these settings.
  if (GetParam() == Kind::kForest) {
    EXPECT_NE(bytes, fit(GetParam(), rows, of_classes(2, 8)).trees->to_bytes());
  }
}

TEST_P(TreesTest, PredictTheSameAfterBytesAndWithAnyNumberOfThreads) {
  for (const int n_classes : {2, 3, 17, 101}) {
    std::mt19937_64 random(3);
    Rows rows;
    for (int i = 0; i < 8 * n_classes; ++i) {
      rows.add({static_cast<float>(i % n_classes) + 0.3F * uniform(random), uniform(random)}, i % n_classes);
    }
    const auto fitted = fit(GetParam(), rows, of_classes(n_classes));
    EXPECT_EQ(fitted.trees->n_classes(), n_classes);
    EXPECT_EQ(fitted.trees->n_columns(), 2U);
    const data::Probabilities p = fitted.trees->predict_probabilities(rows.features);
    expect_rows_sum_to_one(p);
    EXPECT_GT(accuracy(*fitted.trees, rows), 0.9) << n_classes;
    const std::string bytes = fitted.trees->to_bytes();
    const auto loaded = from_bytes(GetParam(), bytes);
    EXPECT_EQ(loaded->n_classes(), n_classes);
    EXPECT_EQ(loaded->n_columns(), 2U);
    EXPECT_EQ(loaded->n_nodes(), fitted.trees->n_nodes());
    EXPECT_EQ(loaded->predict_probabilities(rows.features).values, p.values);
    loaded->n_threads = 3;
    EXPECT_EQ(loaded->predict_probabilities(rows.features).values, p.values);
    EXPECT_EQ(loaded->to_bytes(), bytes);
  }
}

TEST_P(TreesTest, PredictARowAloneAsAmongOthers) {
  const auto fitted = fit(GetParam(), exclusive_or(500, 1), of_classes(2));
  const Rows others = exclusive_or(700, 2);
  const data::Probabilities all = fitted.trees->predict_probabilities(others.features);
  for (const std::size_t row : {0U, 255U, 256U, 699U}) {
    const auto begin = others.features.values.begin() + static_cast<std::ptrdiff_t>(3 * row);
    const data::Probabilities one = fitted.trees->predict_probabilities({1, 3, {begin, begin + 3}});
    EXPECT_EQ(one.at(0, 1), all.at(row, 1));
  }
  EXPECT_EQ(fitted.trees->predict_probabilities({0, 3, {}}).n_rows, 0U);
}

TEST_P(TreesTest, FollowWeights) {
  // The same place with both classes: what is left is their weight.
  Rows rows;
  for (int i = 0; i < 200; ++i) rows.add({1.0F}, i % 2, i % 2 == 0 ? 1.0 : 9.0);
  const auto fitted = fit(GetParam(), rows, of_classes(2));
  EXPECT_NEAR(fitted.trees->predict_probabilities({1, 1, {1.0F}}).at(0, 1), 0.9, 0.01);
}

TEST_P(TreesTest, IgnoreRowsOfWeightNought) {
  Rows rows = exclusive_or(600, 1);
  for (std::size_t i = 0; i < 300; ++i) {
    rows.targets[i] = 1 - rows.targets[i];
    rows.weights[i] = 0.0;
  }
  const auto fitted = fit(GetParam(), rows, of_classes(2));
  EXPECT_GT(accuracy(*fitted.trees, exclusive_or(500, 2)), 0.93);
}

TEST_P(TreesTest, BearAClassWithOneRowAndAClassWithNone) {
  Rows rows = exclusive_or(300, 1);
  rows.add({5.0F, 5.0F, 5.0F}, 2);
  const auto fitted = fit(GetParam(), rows, of_classes(4));
  const data::Probabilities p = fitted.trees->predict_probabilities({1, 3, {5.0F, 5.0F, 5.0F}});
  expect_rows_sum_to_one(p);
  EXPECT_GT(p.at(0, 2), p.at(0, 3));
  if (GetParam() == Kind::kForest) {
    EXPECT_EQ(p.at(0, 3), 0.0);
  }
}

TEST_P(TreesTest, AnswerWithClassSharesWhereFeaturesAreConstant) {
  Rows rows;
  for (int i = 0; i < 400; ++i) rows.add({2.0F, -1.0F}, i % 4 == 0 ? 0 : 1);
  const auto fitted = fit(GetParam(), rows, of_classes(2));
  EXPECT_NEAR(fitted.trees->predict_probabilities({1, 2, {2.0F, -1.0F}}).at(0, 1), 0.75, 0.02);
}

TEST_P(TreesTest, BearOneRow) {
  Rows rows;
  rows.add({1.0F}, 1);
  const auto fitted = fit(GetParam(), rows, of_classes(3));
  expect_rows_sum_to_one(fitted.trees->predict_probabilities({1, 1, {1.0F}}));
  EXPECT_EQ(from_bytes(GetParam(), fitted.trees->to_bytes())->n_classes(), 3);
}

TEST_P(TreesTest, SplitTheLargestAndTheSmallestNumbers) {
  Rows rows;
  for (int i = 0; i < 50; ++i) {
    rows.add({-FLT_MAX}, 0);
    rows.add({-0.0F}, 1);
    rows.add({0.0F}, 1);
    rows.add({FLT_MAX}, 2);
  }
  const auto fitted = fit(GetParam(), rows, of_classes(3));
  EXPECT_EQ(accuracy(*fitted.trees, rows), 1.0);
}

TEST_P(TreesTest, FitNumbersWhateverTheirSize) {
  for (const double scale : {1.0, 1e6, 1e-6}) {
    std::mt19937_64 random(5);
    Rows rows;
    for (int i = 0; i < 1000; ++i) {
      const float x = uniform(random), y = uniform(random);
      rows.add({x, y}, 0);
      rows.values.push_back(scale * (100.0 + std::abs(x - 0.5) + 2.0 * y));
    }
    const auto fitted = fit(GetParam(), rows, of_classes(0));
    const auto predicted = fitted.trees->predict_values(rows.features);
    ASSERT_EQ(predicted.size(), 1000U);
    double mean_error = 0.0;
    for (std::size_t i = 0; i < 1000; ++i) mean_error += std::abs(predicted[i] - rows.values[i]) / scale / 1000.0;
    EXPECT_LT(mean_error, 0.05) << scale;
    const auto loaded = from_bytes(GetParam(), fitted.trees->to_bytes());
    EXPECT_EQ(loaded->n_classes(), 0);
    EXPECT_EQ(loaded->predict_values(rows.features), predicted);
    EXPECT_THROW(loaded->predict_probabilities(rows.features), std::logic_error);
  }
}

TEST_P(TreesTest, RefuseRowsThatCannotBeFitted) {
  const Rows good = exclusive_or(20, 1);
  const auto expect_refused = [&](auto spoil) {
    Rows rows = good;
    TreesOptions options = of_classes(2);
    spoil(rows, options);
    EXPECT_THROW(fit(GetParam(), rows, options), std::invalid_argument);
  };
  expect_refused([](Rows& rows, TreesOptions&) { rows = {}; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.features.values[4] = NAN; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.features.values[4] = INFINITY; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.features.values.pop_back(); });
  expect_refused([](Rows& rows, TreesOptions&) { rows.features.n_columns = 0, rows.features.values.clear(); });
  expect_refused([](Rows& rows, TreesOptions&) { rows.targets[3] = 2; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.targets[3] = -1; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.targets.pop_back(); });
  expect_refused([](Rows& rows, TreesOptions&) { rows.weights.pop_back(); });
  expect_refused([](Rows& rows, TreesOptions&) { rows.weights[0] = -1.0; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.weights[0] = NAN; });
  expect_refused([](Rows& rows, TreesOptions&) { rows.weights.assign(20, 0.0); });
  expect_refused([](Rows&, TreesOptions& options) { options.n_classes = 1; });
  expect_refused([](Rows&, TreesOptions& options) { options.n_classes = 0; });
  expect_refused([](Rows&, TreesOptions& options) { options.n_threads = 0; });
  const auto fitted = fit(GetParam(), good, of_classes(2));
  EXPECT_THROW(fitted.trees->predict_probabilities({1, 2, {1.0F, 2.0F}}), std::invalid_argument);
  EXPECT_THROW(fitted.trees->predict_probabilities({1, 3, {1.0F, 2.0F, NAN}}), std::invalid_argument);
}

TEST_P(TreesTest, RefuseDamagedBytes) {
  const std::string good = fit(GetParam(), exclusive_or(60, 1), of_classes(3)).trees->to_bytes();
  const std::size_t step = std::max<std::size_t>(1, good.size() / 2000);
  for (std::size_t n = 0; n < good.size(); n += step) {
    EXPECT_THROW(from_bytes(GetParam(), std::string_view(good).substr(0, n)), std::runtime_error) << n;
  }
  for (std::size_t i = 0; i < good.size(); i += step) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    EXPECT_THROW(from_bytes(GetParam(), bad), std::runtime_error) << i;
  }
  EXPECT_THROW(from_bytes(GetParam(), good + "x"), std::runtime_error);
  EXPECT_THROW(from_bytes(GetParam() == Kind::kForest ? Kind::kBoosted : Kind::kForest, good), std::runtime_error);
}

/// The checksum finds accidents only: a file forged on purpose has a right one, and the reader behind it must hold.
TEST_P(TreesTest, ForgedBytesAreRefusedOrPredictWithoutHarm) {
  const Rows rows = exclusive_or(60, 1);
  for (const int n_classes : {2, 3}) {
    const std::string whole = fit(GetParam(), rows, of_classes(n_classes)).trees->to_bytes();
    const std::string good = whole.substr(0, whole.size() - 8);
    std::mt19937_64 random(5);
    std::size_t n_refused = 0;
    for (int round = 0; round < 3000; ++round) {
      std::string bad = good;
      for (int change = 0; change < 1 + round % 3; ++change) bad[random() % bad.size()] = static_cast<char>(random());
      if (round % 7 == 0) bad.resize(random() % bad.size());
      if (round % 11 == 0) bad += bad.substr(bad.size() / 2);
      try {
        const auto trees = from_bytes(GetParam(), sealed(bad));
        if (trees->n_columns() != 3 || trees->n_classes() > 1000) continue;
        if (trees->n_classes() == 0) {
          EXPECT_EQ(trees->predict_values(rows.features).size(), rows.features.n_rows);
        } else {
          EXPECT_EQ(trees->predict_probabilities(rows.features).n_rows, rows.features.n_rows);
        }
      } catch (const std::runtime_error&) {
        ++n_refused;
      }
    }
    EXPECT_GT(n_refused, 200U) << "the changes do reach what is checked";
  }
}

TEST_P(TreesTest, StopEarlyWithNothing) {
  const std::atomic<bool> stop = true;
  TreesOptions options = of_classes(2);
  options.stop = &stop;
  EXPECT_EQ(fit(GetParam(), exclusive_or(100, 1), options).trees, nullptr);
}

}  // namespace trees_test
}  // namespace hitscope::models::classical::trees
