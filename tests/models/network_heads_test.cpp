// What the CNN and the MLP promise, on small synthetic examples.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"

namespace hitscope::models {
namespace {

constexpr std::size_t kRows = 160;
constexpr int kMels = 16;

/// Two classes that both inputs tell apart: which half of a spectrogram is loud, and on which side of a line two
/// numbers lie. Of every eight rows one tests and one validates.
class Examples {
 public:
  explicit Examples(data::StoredType type = data::StoredType::kFloat32, int n_frames = 20) : spectrograms_(kRows) {
    data.n_rows = kRows;
    data.n_classes = 2;
    data.table.numeric = {{"x", {}}, {"y", {}}, {"noise", {}}};
    data.table.categorical = {{"letter", {}}};
    data.spectrograms = {kMels, n_frames, type, {}};
    std::vector<std::string> parts;
    for (std::size_t row = 0; row < kRows; ++row) {
      const int target = static_cast<int>(random_() % 2);
      data.targets.push_back(target);
      const double x = 4.0 * uniform();
      data.table.numeric[0].values.push_back(x);
      data.table.numeric[1].values.push_back(100.0 * (x + (target == 1 ? 0.5 : -0.5) * (1.0 + uniform())));
      data.table.numeric[2].values.push_back(row % 10 == 3 ? NAN : uniform());
      data.table.categorical[0].values.push_back(std::string(1, "abc"[random_() % 3]));
      set_spectrogram(row, target);
      data.spectrograms.rows.push_back(spectrograms_[row].data());
      parts.push_back(row % 8 == 5 ? "test" : row % 8 == 2 ? "validation" : "train");
    }
    split_ =
        std::make_unique<data::Split>(data::Split::by_column(parts, "", data::SplitRows{data.targets, {}, {}, {}}, {}));
  }

  const data::Split& split() const { return *split_; }

  /// Targets that nothing tells.
  void shuffle_targets() {
    for (int& target : data.targets) target = static_cast<int>(random_() % 2);
  }

  /// Other values, another target.
  void spoil(std::size_t row) {
    for (data::NumericColumn& column : data.table.numeric) column.values[row] = 1e6;
    data.table.categorical[0].values[row] = "unheard of";
    set_spectrogram(row, data.targets[row], 40.0);
    data.targets[row] = 1 - data.targets[row];
  }

  /// Decibels about -60, and -30 in the half of the frames that the class names.
  void set_spectrogram(std::size_t row, int target, double offset = 0.0) {
    std::vector<std::byte>& bytes = spectrograms_[row];
    const bool half = data.spectrograms.type == data::StoredType::kFloat16;
    const int n_frames = data.spectrograms.n_frames;
    bytes.resize(static_cast<std::size_t>(kMels * n_frames) * (half ? 2 : 4));
    for (int i = 0; i < kMels * n_frames; ++i) {
      const bool loud = (i % n_frames < n_frames / 2) == (target == 0);
      const double decibels = offset + (loud ? -30.0 : -60.0) + 20.0 * uniform();
      const std::uint16_t stored = dsp::float_to_half(static_cast<float>(decibels));
      const float value = dsp::half_to_float(stored);
      if (half) {
        std::memcpy(bytes.data() + 2 * i, &stored, 2);
      } else {
        std::memcpy(bytes.data() + 4 * i, &value, 4);
      }
    }
  }

  data::Dataset data;

 private:
  double uniform() { return static_cast<double>(random_() >> 11U) * 0x1p-53 - 0.5; }

  std::mt19937_64 random_{1};
  std::vector<std::vector<std::byte>> spectrograms_;
  std::unique_ptr<data::Split> split_;
};

FitOptions quick(int max_epochs) {
  FitOptions options;
  options.max_epochs = max_epochs;
  options.batch_size = 16;
  options.learning_rate = 1e-3;
  return options;
}

struct Fitted {
  std::unique_ptr<Head> head;
  FitSummary summary;
};

Fitted fit(const std::string& name, const Examples& examples, const FitOptions& options) {
  Fitted fitted{heads::make_head(name), {}};
  fitted.summary = fitted.head->fit(examples.data, examples.split().training_fold(), options);
  return fitted;
}

HeadFiles files_of(const std::string& name, const Examples& examples, const FitOptions& options) {
  return fit(name, examples, options).head->save();
}

double accuracy(Head& head, const Examples& examples) {
  const auto rows = examples.split().rows(data::Part::kTest);
  const data::Probabilities p = head.predict(examples.data, rows);
  int n_right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) n_right += p.predicted(i) == examples.data.targets[rows[i]] ? 1 : 0;
  return n_right / static_cast<double>(rows.size());
}

std::string error_of_load(const std::string& name, const HeadFiles& files) {
  try {
    heads::make_head(name)->load(files);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no std::runtime_error was thrown";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Names of tests end in the head's.
class NetworkHeadTest : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }

  std::string name() const { return GetParam(); }
  std::string weights_file() const { return name() + ".safetensors"; }
  std::string other_file() const { return name() == "mlp" ? "mlp.features.json" : name() + ".json"; }

  Examples examples_;
};

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

TEST_P(NetworkHeadTest, ALoadedHeadPredictsTheSame) {
  const Fitted fitted = fit(name(), examples_, quick(3));
  const HeadFiles files = fitted.head->save();
  const auto again = heads::make_head(name());
  again->load(files);
  const auto rows = examples_.split().rows(data::Part::kTest);
  const auto want = fitted.head->predict(examples_.data, rows).values;
  examples_.data.targets.clear();  // predicting needs none
  EXPECT_EQ(again->predict(examples_.data, rows).values, want);
  EXPECT_TRUE(again->save() == files);
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
  options.learning_rate = 5e-3;
  options.patience = 3;
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
    loss -= std::log(p.at(i, examples_.data.targets[rows[i]])) / static_cast<double>(rows.size());
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

TEST_P(NetworkHeadTest, AFitGoesOnFromTheMiddleOfAnEpochToTheSameBytes) {
  FitOptions options = quick(3);
  options.batch_size = 16;  // 8 steps an epoch
  const HeadFiles whole = files_of(name(), examples_, options);
  std::vector<std::string> checkpoints;
  options.checkpoint_every_s = 1e-9;
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
  options.checkpoint_every_s = 3600;
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
  options.learning_rate = 5e-3;
  options.patience = 3;
  const Fitted whole = fit(name(), examples_, options);

  std::vector<std::string> checkpoints;
  options.checkpoint_every_s = 0;
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
  options.checkpoint_every_s = 0;
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

TEST_P(NetworkHeadTest, TheCheckpointOfTheOtherHeadIsARuntimeError) {
  expect_refused(name(), examples_, checkpoint_of(name() == "cnn" ? "mlp" : "cnn", examples_));
}

TEST_P(NetworkHeadTest, TheCheckpointOfAnotherNumberOfClassesIsARuntimeError) {
  const std::string checkpoint = checkpoint_of(name(), examples_);
  examples_.data.n_classes = 3;
  expect_refused(name(), examples_, checkpoint);
}

TEST_P(NetworkHeadTest, TheCheckpointOfOtherInputsIsARuntimeError) {
  const Examples wider(data::StoredType::kFloat32, 24);
  const std::string checkpoint = checkpoint_of(name(), wider);
  examples_.data.table.numeric.pop_back();
  expect_refused(name(), examples_, checkpoint);
}

TEST_P(NetworkHeadTest, PredictingBeforeFitOrLoadIsALogicError) {
  EXPECT_THROW(heads::make_head(name())->predict(examples_.data, examples_.split().rows(data::Part::kTest)),
               std::logic_error);
}

TEST_P(NetworkHeadTest, PredictingAfterAFailedLoadIsALogicError) {
  HeadFiles files = files_of(name(), examples_, quick(1));
  files[weights_file()].pop_back();
  const auto head = heads::make_head(name());
  EXPECT_THROW(head->load(files), std::runtime_error);
  EXPECT_THROW(head->predict(examples_.data, examples_.split().rows(data::Part::kTest)), std::logic_error);
}

TEST_P(NetworkHeadTest, AMissingFileIsNamed) {
  const HeadFiles whole = files_of(name(), examples_, quick(1));
  for (const std::string& file : {weights_file(), other_file()}) {
    HeadFiles files = whole;
    ASSERT_EQ(files.erase(file), 1U) << file;
    EXPECT_TRUE(contains(error_of_load(name(), files), file)) << file << ": " << error_of_load(name(), files);
  }
}

TEST_P(NetworkHeadTest, ACorruptFileIsARuntimeErrorThatNamesIt) {
  const HeadFiles whole = files_of(name(), examples_, quick(1));
  for (const std::string& file : {weights_file(), other_file()}) {
    const std::string& bytes = whole.at(file);
    for (const std::string& corrupt : {std::string(), std::string("x"), std::string("{}"),
                                       bytes.substr(0, bytes.size() / 2), bytes.substr(0, bytes.size() - 4)}) {
      HeadFiles files = whole;
      files[file] = corrupt;
      const std::string message = error_of_load(name(), files);
      EXPECT_TRUE(contains(message, file)) << file << " of " << corrupt.size() << " bytes: " << message;
    }
  }
}

TEST_P(NetworkHeadTest, FilesOfTwoFitsThatDoNotFitEachOtherAreARuntimeError) {
  HeadFiles files = files_of(name(), examples_, quick(1));
  if (name() == "mlp") {
    Examples narrower;
    narrower.data.table.numeric.pop_back();
    files[other_file()] = files_of(name(), narrower, quick(1))[other_file()];
  } else {
    std::string& shape = files[other_file()];
    shape.replace(shape.find("16"), 2, "24");  // n_bins
  }
  EXPECT_THROW(heads::make_head(name())->load(files), std::runtime_error);
}

TEST_P(NetworkHeadTest, TheWeightsOfTheOtherHeadAreARuntimeError) {
  HeadFiles files = files_of(name(), examples_, quick(1));
  const std::string other = name() == "cnn" ? "mlp" : "cnn";
  files[weights_file()] = files_of(other, examples_, quick(1))[other + ".safetensors"];
  EXPECT_THROW(heads::make_head(name())->load(files), std::runtime_error);
}

TEST_P(NetworkHeadTest, ALastRowAloneJoinsTheBatchBeforeIt) {
  std::vector<std::string> parts(kRows, "test");
  std::fill_n(parts.begin(), 5, "train");
  parts[5] = "validation";
  const data::Split five = data::Split::by_column(parts, "", data::SplitRows{examples_.data.targets, {}, {}, {}}, {});
  FitOptions options = quick(2);
  options.batch_size = 2;
  EXPECT_NO_THROW(heads::make_head(name())->fit(examples_.data, five.training_fold(), options));
}

INSTANTIATE_TEST_SUITE_P(Heads, NetworkHeadTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn", "fusion",
                                         "mlp"),
                         [](const auto& test) { return std::string(test.param); });

class CnnHeadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
};

TEST_F(CnnHeadTest, SpectrogramsOfEitherTypeGiveTheSameBytes) {
  const Examples halves(data::StoredType::kFloat16);
  const Examples floats(data::StoredType::kFloat32);  // of the same values, which a half holds exactly
  const Fitted fitted = fit("cnn", halves, quick(8));
  EXPECT_GT(accuracy(*fitted.head, halves), 0.9);
  EXPECT_TRUE(fitted.head->save() == files_of("cnn", floats, quick(8)));
}

TEST_F(CnnHeadTest, CountsItsParameters) {
  // A convolution of 32 filters 3x3, 16x20 -> 14x18 -> 7x9 after pooling, then 64 and 2 units.
  EXPECT_EQ(fit("cnn", Examples(), quick(1)).summary.n_parameters,
            (9U + 1) * 32 + (32 * 7 * 9 + 1) * 64 + (64 + 1) * 2);
}

TEST_F(CnnHeadTest, LongSpectrogramsArePooledToOneHundredAndTwentyEightFrames) {
  const Examples examples(data::StoredType::kFloat16, 300);
  const Fitted fitted = fit("cnn", examples, quick(3));
  EXPECT_EQ(fitted.summary.n_parameters, (9U + 1) * 32 + (32 * 7 * 63 + 1) * 64 + (64 + 1) * 2);
  EXPECT_GT(accuracy(*fitted.head, examples), 0.9);
  const auto again = heads::make_head("cnn");
  again->load(fitted.head->save());
  const auto rows = examples.split().rows(data::Part::kTest);
  EXPECT_EQ(again->predict(examples.data, rows).values, fitted.head->predict(examples.data, rows).values);
}

TEST_F(CnnHeadTest, SpectrogramsOfAnotherSizeThanTheFitsAreRefused) {
  const Fitted fitted = fit("cnn", Examples(), quick(1));
  const Examples wider(data::StoredType::kFloat32, 24);
  EXPECT_THROW(fitted.head->predict(wider.data, wider.split().rows(data::Part::kTest)), std::invalid_argument);
}

TEST_F(CnnHeadTest, SpectrogramsTooSmallToConvolveAndASingleClassAreRefused) {
  const Examples narrow(data::StoredType::kFloat32, 3);
  EXPECT_THROW(fit("cnn", narrow, quick(1)), std::invalid_argument);
  Examples single;
  single.data.n_classes = 1;
  EXPECT_THROW(fit("cnn", single, quick(1)), std::invalid_argument);
}

TEST_F(CnnHeadTest, ALossThatIsNotFiniteIsARuntimeError) {
  Examples examples;
  examples.set_spectrogram(examples.split().rows(data::Part::kTrain).front(), 0,
                           std::numeric_limits<double>::infinity());
  EXPECT_THROW(fit("cnn", examples, quick(1)), std::runtime_error);
}

class MlpHeadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
};

TEST_F(MlpHeadTest, CountsItsParameters) {
  const std::size_t n_columns = 3 + 3;  // numbers, and letters a to c
  EXPECT_EQ(fit("mlp", Examples(), quick(1)).summary.n_parameters,
            (n_columns + 1) * 128 + 129 * 64 + 65 * 32 + 33 * 16 + 17 * 2 + 2 * (128 + 64 + 32 + 16));
}

TEST_F(MlpHeadTest, ATableWithoutAColumnOfTheFitIsRefused) {
  Examples examples;
  const Fitted fitted = fit("mlp", examples, quick(1));
  examples.data.table.numeric.pop_back();
  EXPECT_THROW(fitted.head->predict(examples.data, examples.split().rows(data::Part::kTest)), std::invalid_argument);
}

TEST(HeadTest, EveryNameMakesTheHeadOfThatName) {
  EXPECT_EQ(heads::head_names(),
            (std::vector<std::string>{"cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn", "fusion", "mlp",
                                      "random_forest", "boosted_trees", "logistic", "ridge"}));
  EXPECT_EQ(heads::usual_head_names().size(), heads::head_names().size() - 3);
  for (const std::string& name : heads::head_names()) EXPECT_EQ(heads::make_head(name)->name(), name);
  EXPECT_EQ(heads::make_head("cnn")->input(), HeadInput::kSpectrogram);
  EXPECT_EQ(heads::make_head("mlp")->input(), HeadInput::kTable);
  EXPECT_EQ(heads::make_head("logistic")->input(), HeadInput::kTable);
}

TEST(HeadTest, AnUnknownNameIsNamed) {
  for (const char* name : {"", "CNN", "forest"}) {
    try {
      heads::make_head(name);
      FAIL() << "nothing was thrown";
    } catch (const std::invalid_argument& e) {
      EXPECT_TRUE(contains(e.what(), "'" + std::string(name) + "'")) << e.what();
    }
  }
}

}  // namespace
}  // namespace hitscope::models
