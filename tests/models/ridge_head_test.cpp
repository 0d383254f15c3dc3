// The ridge head against scikit-learn 1.2.1, whose answers tests/oracles/record_logistic.py records.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "tests/support/npy.h"
#include "tests/support/recorded_table.h"

namespace hitscope::models {
namespace ridge_head_test {

using namespace tests;
using hitscope::tests::read_npy;

constexpr const char* kWeightsFile = "ridge.safetensors";
constexpr const char* kFeaturesFile = "ridge.features.json";

class RidgeHeadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
  RidgeHeadTest() { data_.set_values(read_npy<double>(oracle("values"))); }

  HeadFiles fitted_files() {
    head_->fit(data_, data_.targets, recorded_split().training_fold(), {});
    return head_->save();
  }
  static std::string error_of_load(const HeadFiles& files) {
    try {
      heads::make_head("ridge")->load(files);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "no std::runtime_error was thrown";
  }

  LabelledExamples data_ = recorded_table();
  std::unique_ptr<Head> head_ = heads::make_head("ridge");
};

// Values run from -30 to 110; the encoded columns are floats.
TEST_F(RidgeHeadTest, ValuesOfHeldOutRowsMatchScikitLearnWithin1e4) {
  const auto want = read_npy<double>(oracle("predicted"));
  EXPECT_EQ(head_->fit(data_, data_.targets, recorded_split().training_fold(), {}).n_parameters, 9U + 1U);
  const auto got = head_->predict_values(data_, held_out());
  ASSERT_EQ(got.size(), want.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
  EXPECT_LE(worst, 1e-4);
  RecordProperty("worst_1e9", std::to_string(1e9 * worst));
}

TEST_F(RidgeHeadTest, ALoadedHeadPredictsTheSameAndTheSameRowsGiveTheSameBytes) {
  const HeadFiles files = fitted_files();
  EXPECT_TRUE(fitted_files() == files);
  const auto again = heads::make_head("ridge");
  again->load(files);
  EXPECT_EQ(again->predict_values(data_, held_out()), head_->predict_values(data_, held_out()));
  EXPECT_TRUE(again->save() == files);
}

TEST_F(RidgeHeadTest, OnlyTrainingRowsAreLearnedFrom) {
  const HeadFiles before = fitted_files();
  for (std::size_t row = kTrain; row < kAll; ++row) {
    for (data::NumericColumn& column : data_.table.numeric) column.values[row] = 1e9;
    data_.values()[row] = -1e9;
  }
  EXPECT_TRUE(fitted_files() == before);
}

TEST_F(RidgeHeadTest, FilesThatAreMissingDamagedOrOfAnotherHeadAreNamed) {
  const HeadFiles good = fitted_files();
  for (const char* name : {kWeightsFile, kFeaturesFile}) {
    HeadFiles files = good;
    files[name].resize(files[name].size() / 2);
    EXPECT_EQ(error_of_load(files).find(name), 0U) << error_of_load(files);
    files.erase(name);
    EXPECT_EQ(error_of_load(files), std::string(name) + " is missing");
  }
  const LabelledExamples classes = recorded_table();
  const auto logistic = heads::make_head("logistic");
  logistic->fit(classes, classes.targets, recorded_split().training_fold(), {});
  HeadFiles three = good;
  three[kWeightsFile] = logistic->save().at("logistic.safetensors");
  EXPECT_EQ(error_of_load(three), "ridge.safetensors: linear.bias has more than one output");
}

TEST_F(RidgeHeadTest, ClassesAreNotItsBusiness) {
  EXPECT_THROW(head_->predict_values(data_, held_out()), std::logic_error);
  EXPECT_THROW(head_->save(), std::logic_error);
  const LabelledExamples classes = recorded_table();
  EXPECT_THROW(head_->fit(classes, classes.targets, recorded_split().training_fold(), {}), std::invalid_argument);
  fitted_files();
  EXPECT_THROW(head_->predict(data_, held_out()), std::logic_error);
}

}  // namespace ridge_head_test
}  // namespace hitscope::models
