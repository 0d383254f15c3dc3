// What the CNN and the MLP promise, on small synthetic examples.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"
#include "tests/support/network_examples.h"

namespace hitscope::models {
namespace network_heads_fit_test {

using namespace tests;

TEST_P(NetworkHeadTest, LearnsWhatTellsTheClassesApart) {
  const Fitted fitted = fit(name(), examples_, quick(name() == "cnn" ? 8 : 40));
  EXPECT_GT(accuracy(*fitted.head, examples_), 0.9);
  EXPECT_LT(fitted.summary.history.back().validation_loss, fitted.summary.history.front().validation_loss);
}

TEST_P(NetworkHeadTest, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  FitOptions options = quick(3);
  const HeadFiles first = files_of(name(), examples_, options);
  EXPECT_EQ(first.size(), name() == "fusion" ? 3U : 2U);
  EXPECT_TRUE(files_of(name(), examples_, options) == first);
  options.seed = 2;
  EXPECT_FALSE(files_of(name(), examples_, options) == first);
}

TEST_P(NetworkHeadTest, EveryRowOfProbabilitiesSumsToOne) {
  const Fitted fitted = fit(name(), examples_, quick(2));
  const data::Probabilities p = fitted.head->predict(examples_.data, examples_.split().rows(data::Part::kTest));
  EXPECT_EQ(p.n_rows, 20U);
  ASSERT_EQ(p.n_classes, 2);
  ASSERT_EQ(p.values.size(), 40U);
  for (std::size_t row = 0; row < p.n_rows; ++row) EXPECT_NEAR(p.at(row, 0) + p.at(row, 1), 1.0, 1e-12);
}

TEST_P(NetworkHeadTest, PredictionsFollowTheOrderOfTheRows) {
  const Fitted fitted = fit(name(), examples_, quick(2));
  std::vector<std::size_t> rows(kRows);
  for (std::size_t i = 0; i < kRows; ++i) rows[i] = i;
  const data::Probabilities forwards = fitted.head->predict(examples_.data, rows);
  std::reverse(rows.begin(), rows.end());
  const data::Probabilities backwards = fitted.head->predict(examples_.data, rows);
  for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(forwards.at(i, 0), backwards.at(kRows - 1 - i, 0), 1e-6);
  EXPECT_GT(std::abs(forwards.at(0, 0) - backwards.at(0, 0)), 1e-6);
}

TEST_P(NetworkHeadTest, TestRowsAreNeverLookedAt) {
  const HeadFiles before = files_of(name(), examples_, quick(3));
  for (const std::size_t row : examples_.split().rows(data::Part::kTest)) examples_.spoil(row);
  EXPECT_TRUE(files_of(name(), examples_, quick(3)) == before);
  examples_.spoil(examples_.split().rows(data::Part::kTrain).front());
  EXPECT_FALSE(files_of(name(), examples_, quick(3)) == before);
}

TEST_P(NetworkHeadTest, ValidationRowsChooseTheEpochAndNothingElse) {
  const HeadFiles before = files_of(name(), examples_, quick(1));
  for (const std::size_t row : examples_.split().rows(data::Part::kValidation)) examples_.spoil(row);
  EXPECT_TRUE(files_of(name(), examples_, quick(1)) == before);
}

TEST_P(NetworkHeadTest, StopsEarlyAndKeepsTheWeightsOfTheBestEpoch) {
  examples_.shuffle_targets();
  FitOptions options = quick(60);
  options.of<neural::recipes::NetworkOptions>().learning_rate.value = 5e-3;
  options.of<EarlyStopping>().patience = 3;
  const Fitted fitted = fit(name(), examples_, options);
  const std::vector<Epoch>& history = fitted.summary.history;
  ASSERT_LT(history.size(), 60U);
  const auto best = std::min_element(history.begin(), history.end(), [](const Epoch& a, const Epoch& b) {
    return a.validation_loss < b.validation_loss;
  });
  EXPECT_TRUE(best->is_best);
  EXPECT_EQ(static_cast<int>(history.size()) - best->number, 3);

  const auto rows = examples_.split().rows(data::Part::kValidation);
  const data::Probabilities p = fitted.head->predict(examples_.data, rows);
  double loss = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    loss -= std::log(p.at(i, examples_.data.labels()[rows[i]])) / static_cast<double>(rows.size());
  }
  EXPECT_NEAR(loss, best->validation_loss, 1e-5);
  EXPECT_GT(std::abs(history.back().validation_loss - best->validation_loss), 1e-4);
}

TEST_P(NetworkHeadTest, EpochsAreReportedAsTheyEnd) {
  FitOptions options = quick(4);
  std::vector<int> numbers;
  options.on_epoch = [&](const Epoch& epoch) { numbers.push_back(epoch.number); };
  const FitSummary summary = fit(name(), examples_, options).summary;
  EXPECT_EQ(numbers, (std::vector{1, 2, 3, 4}));
  EXPECT_FALSE(summary.stopped);
  EXPECT_EQ(summary.history.size(), 4U);
  EXPECT_TRUE(summary.history.front().is_best);
}

TEST_P(NetworkHeadTest, ALastRowAloneJoinsTheBatchBeforeIt) {
  std::vector<std::string> parts(kRows, "test");
  std::fill_n(parts.begin(), 5, "train");
  parts[5] = "validation";
  const data::Split five = data::Split::by_column(parts, "", data::SplitRows{examples_.data.labels(), {}, {}, {}}, {});
  FitOptions options = quick(2);
  options.of<neural::recipes::NetworkOptions>().batch_size = 2;
  EXPECT_NO_THROW(heads::make_head(name())->fit(examples_.data, examples_.data.targets, five.training_fold(), options));
}

INSTANTIATE_TEST_SUITE_P(Heads, NetworkHeadTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn", "fusion",
                                         "mlp"),
                         [](const auto& test) { return std::string(test.param); });

TEST(LittleWorkTest, AnMlpOfFewColumnsIsTheSameForAnyNumberOfThreads) {
  const tests::Examples examples;
  heads::prepare_runtime(1);
  const HeadFiles alone = files_of("mlp", examples, quick(3));
  heads::prepare_runtime(2);
  EXPECT_TRUE(files_of("mlp", examples, quick(3)) == alone);
  heads::prepare_runtime(0);
}

}  // namespace network_heads_fit_test
}  // namespace hitscope::models
