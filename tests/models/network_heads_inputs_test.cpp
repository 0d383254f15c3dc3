// What each head takes as input; heads by name.
#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "tests/support/network_examples.h"

namespace hitscope::models {
namespace network_heads_inputs_test {

using namespace tests;

class CnnHeadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
};

TEST_F(CnnHeadTest, SpectrogramsOfEitherTypeGiveTheSameBytes) {
  const Examples halves(dsp::SampleType::kFloat16);
  const Examples floats(dsp::SampleType::kFloat32);  // of the same values, which a half holds exactly
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
  const Examples examples(dsp::SampleType::kFloat16, 300);
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
  const Examples wider(dsp::SampleType::kFloat32, 24);
  EXPECT_THROW(fitted.head->predict(wider.data, wider.split().rows(data::Part::kTest)), std::invalid_argument);
}

TEST_F(CnnHeadTest, SpectrogramsTooSmallToConvolveAndASingleClassAreRefused) {
  const Examples narrow(dsp::SampleType::kFloat32, 3);
  EXPECT_THROW(fit("cnn", narrow, quick(1)), std::invalid_argument);
  Examples single;
  single.data.set_n_classes(1);
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
  const std::string names = heads::names_of_heads([](const HeadInfo&) { return true; });
  for (const char* name :
       {"cnn", "short_chunk_resnet", "fusion", "mlp", "random_forest", "boosted_trees", "logistic"}) {
    EXPECT_TRUE(heads::head_named(name).is_usual) << name;
    EXPECT_TRUE(contains(names, name)) << names;
  }
  for (const char* name : {"four_block_cnn", "musicnn", "crnn"}) EXPECT_FALSE(heads::head_named(name).is_usual) << name;
  for (const HeadInfo* info : heads::all()) {
    EXPECT_EQ(&info->make()->info(), info) << info->name;
    EXPECT_FALSE(info->summary.empty()) << info->name;
    EXPECT_TRUE(info->learns_classes() || info->learns_values()) << info->name;
  }
  EXPECT_EQ(heads::make_head("cnn")->input(), HeadInput::kSpectrogram);
  EXPECT_EQ(heads::make_head("mlp")->input(), HeadInput::kTable);
  EXPECT_EQ(heads::make_head("logistic")->input(), HeadInput::kTable);
}

TEST(HeadTest, EveryOptionIsListedOnceAndHasHelpAndANeed) {
  FamilyOptions options;
  std::set<std::string_view> names;
  for (const OptionGroup& group : heads::option_groups(options)) {
    for (const dsp::Setting& setting : group.settings) {
      EXPECT_TRUE(names.insert(setting.field.name).second) << setting.field.name;
      if (setting.field.flag == "-") continue;
      EXPECT_FALSE(setting.field.help.empty()) << setting.field.name;
      EXPECT_EQ(setting.field.needs == 0U, setting.field.name == "epochs") << setting.field.name;
    }
  }
  EXPECT_TRUE(names.contains("label_smoothing"));
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

}  // namespace network_heads_inputs_test
}  // namespace hitscope::models
