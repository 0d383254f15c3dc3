// Fits that are stopped and go on from a checkpoint.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"
#include "tests/support/network_examples.h"

namespace hitscope::models {
namespace network_heads_checkpoint_test {

using namespace tests;

TEST_P(NetworkHeadTest, AFitGoesOnFromTheMiddleOfAnEpochToTheSameBytes) {
  FitOptions options = quick(3);
  options.of<neural::recipes::NetworkOptions>().batch_size = 16;  // 8 steps an epoch
  const HeadFiles whole = files_of(name(), examples_, options);
  std::vector<std::string> checkpoints;
  options.of<neural::recipes::NetworkOptions>().checkpoint_every_s = 1e-9;
  options.save_checkpoint = [&](const std::string& bytes) { checkpoints.push_back(bytes); };
  EXPECT_TRUE(files_of(name(), examples_, options) == whole) << "saving changes nothing";
  ASSERT_EQ(checkpoints.size(), 24U);
  options.save_checkpoint = {};
  for (const std::size_t k : {std::size_t{0}, std::size_t{4}, std::size_t{7}, std::size_t{12}, std::size_t{22}}) {
    options.checkpoint = checkpoints[k];
    EXPECT_TRUE(files_of(name(), examples_, options) == whole) << "checkpoint " << k;
  }
}

TEST_P(NetworkHeadTest, AStoppedFitGoesOnAsIfItHadNeverStopped) {
  FitOptions options = quick(6);
  const Fitted whole = fit(name(), examples_, options);

  std::atomic<bool> stop = false;
  std::vector<std::string> checkpoints;
  options.stop = &stop;
  options.of<neural::recipes::NetworkOptions>().checkpoint_every_s = 3600;
  options.save_checkpoint = [&](const std::string& bytes) { checkpoints.push_back(bytes); };
  options.on_epoch = [&](const Epoch& epoch) { stop = epoch.number == 3; };
  const FitSummary stopped = fit(name(), examples_, options).summary;
  EXPECT_TRUE(stopped.stopped);
  EXPECT_EQ(stopped.history.size(), 3U);
  ASSERT_EQ(checkpoints.size(), 1U);

  FitOptions rest = quick(6);
  rest.checkpoint = checkpoints[0];
  std::vector<int> numbers;
  rest.on_epoch = [&](const Epoch& epoch) { numbers.push_back(epoch.number); };
  const Fitted resumed = fit(name(), examples_, rest);
  EXPECT_EQ(numbers, (std::vector{4, 5, 6}));
  ASSERT_EQ(resumed.summary.history.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(resumed.summary.history[i].train_loss, whole.summary.history[i].train_loss) << i;
    EXPECT_EQ(resumed.summary.history[i].validation_loss, whole.summary.history[i].validation_loss) << i;
  }
  EXPECT_TRUE(resumed.head->save() == whole.head->save());
}

TEST_P(NetworkHeadTest, EveryCheckpointLeadsToTheSameEnd) {
  examples_.shuffle_targets();
  FitOptions options = quick(20);
  options.of<neural::recipes::NetworkOptions>().learning_rate.value = 5e-3;
  options.of<EarlyStopping>().patience = 3;
  const Fitted whole = fit(name(), examples_, options);

  std::vector<std::string> checkpoints;
  options.of<neural::recipes::NetworkOptions>().checkpoint_every_s = 0;
  options.save_checkpoint = [&](const std::string& bytes) { checkpoints.push_back(bytes); };
  EXPECT_TRUE(files_of(name(), examples_, options) == whole.head->save()) << "saving checkpoints disturbs the fit";
  ASSERT_EQ(checkpoints.size(), whole.summary.history.size());

  options.save_checkpoint = nullptr;
  for (std::size_t epoch = 1; epoch <= checkpoints.size(); ++epoch) {
    options.checkpoint = checkpoints[epoch - 1];
    const Fitted resumed = fit(name(), examples_, options);
    EXPECT_EQ(resumed.summary.history.size(), whole.summary.history.size()) << "from epoch " << epoch;
    EXPECT_TRUE(resumed.head->save() == whole.head->save()) << "from epoch " << epoch;
  }
}

/// A fit of one epoch from `checkpoint` throws std::runtime_error.
void expect_refused(const std::string& name, const Examples& examples, const std::string& checkpoint) {
  FitOptions options = quick(3);
  options.checkpoint = checkpoint;
  EXPECT_THROW(fit(name, examples, options), std::runtime_error);
}

std::string checkpoint_of(const std::string& name, const Examples& examples) {
  FitOptions options = quick(1);
  std::string checkpoint;
  options.of<neural::recipes::NetworkOptions>().checkpoint_every_s = 0;
  options.save_checkpoint = [&](const std::string& bytes) { checkpoint = bytes; };
  fit(name, examples, options);
  return checkpoint;
}

TEST_P(NetworkHeadTest, BytesThatAreNoCheckpointAreARuntimeError) {
  const std::string checkpoint = checkpoint_of(name(), examples_);
  ASSERT_GT(checkpoint.size(), 1000U);
  expect_refused(name(), examples_, "x");
  expect_refused(name(), examples_, std::string(1000, '\0'));
  expect_refused(name(), examples_, checkpoint.substr(0, checkpoint.size() / 2));
  expect_refused(name(), examples_, checkpoint.substr(0, checkpoint.size() - 1));
}

TEST_P(NetworkHeadTest, TheCheckpointOfOtherSettingsIsARuntimeError) {
  FitOptions options = quick(2);
  options.settings_hash = "abc";
  options.of<neural::recipes::NetworkOptions>().checkpoint_every_s = 0;
  std::string checkpoint;
  options.save_checkpoint = [&](const std::string& bytes) { checkpoint = bytes; };
  fit(name(), examples_, options);
  options.save_checkpoint = nullptr;
  options.checkpoint = checkpoint;
  EXPECT_NO_THROW(fit(name(), examples_, options));
  options.settings_hash = "abd";
  EXPECT_THROW(fit(name(), examples_, options), std::runtime_error);
}

TEST_P(NetworkHeadTest, TheCheckpointOfTheOtherHeadIsARuntimeError) {
  expect_refused(name(), examples_, checkpoint_of(name() == "cnn" ? "mlp" : "cnn", examples_));
}

TEST_P(NetworkHeadTest, TheCheckpointOfAnotherNumberOfClassesIsARuntimeError) {
  const std::string checkpoint = checkpoint_of(name(), examples_);
  examples_.data.set_n_classes(3);
  expect_refused(name(), examples_, checkpoint);
}

TEST_P(NetworkHeadTest, TheCheckpointOfOtherInputsIsARuntimeError) {
  const Examples wider(dsp::SampleType::kFloat32, 24);
  const std::string checkpoint = checkpoint_of(name(), wider);
  examples_.data.table.numeric.pop_back();
  expect_refused(name(), examples_, checkpoint);
}

}  // namespace network_heads_checkpoint_test
}  // namespace hitscope::models
