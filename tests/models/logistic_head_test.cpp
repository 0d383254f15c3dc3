// The logistic head against scikit-learn 1.2.1, whose answers tests/oracles/record_logistic.py records.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "tests/support/npy.h"
#include "tests/support/recorded_table.h"

namespace hitscope::models {
namespace logistic_head_test {

using namespace tests;
using hitscope::tests::read_npy;

constexpr const char* kWeightsFile = "logistic.safetensors";
constexpr const char* kFeaturesFile = "logistic.features.json";

std::string error_of_load(const HeadFiles& files) {
  try {
    heads::make_head("logistic")->load(files);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no std::runtime_error was thrown";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class LogisticHeadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }

  HeadFiles fitted_files() {
    FitOptions options;
    head_->fit(data_, data_.targets, recorded_split().training_fold(), options);
    return head_->save();
  }

  LabelledExamples data_ = recorded_table();
  std::unique_ptr<Head> head_ = heads::make_head("logistic");
};

TEST_F(LogisticHeadTest, ProbabilitiesOfHeldOutRowsMatchScikitLearnWithin1e4) {
  const auto want = read_npy<double>(oracle("probabilities"));
  const FitSummary summary = head_->fit(data_, data_.targets, recorded_split().training_fold(), {});
  EXPECT_FALSE(summary.stopped);
  EXPECT_EQ(summary.n_parameters, 3U * 9U + 3U);
  const data::Probabilities got = head_->predict(data_, held_out());
  ASSERT_EQ(got.n_rows, 100U);
  ASSERT_EQ(got.n_classes, 3);
  ASSERT_EQ(got.values.size(), want.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got.values[i] - want[i]));
  EXPECT_LE(worst, 1e-4);
  std::ostringstream text;
  text << worst;
  RecordProperty("worst", text.str());
}

TEST_F(LogisticHeadTest, EveryRowOfProbabilitiesSumsToOne) {
  head_->fit(data_, data_.targets, recorded_split().training_fold(), {});
  const data::Probabilities p = head_->predict(data_, held_out());
  for (std::size_t row = 0; row < p.n_rows; ++row) EXPECT_NEAR(p.at(row, 0) + p.at(row, 1) + p.at(row, 2), 1.0, 1e-12);
}

TEST_F(LogisticHeadTest, LearnsASeparableTable) {
  for (std::size_t row = 0; row < kAll; ++row) data_.labels()[row] = data_.table.numeric[0].values[row] > 0.3 ? 1 : 0;
  data_.set_n_classes(2);
  head_->fit(data_, data_.targets, recorded_split().training_fold(), {});
  const auto rows = held_out();
  const data::Probabilities p = head_->predict(data_, rows);
  ASSERT_EQ(p.n_classes, 2);
  int n_right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) n_right += p.predicted(i) == data_.labels()[rows[i]] ? 1 : 0;
  EXPECT_GT(n_right, 90);
}

TEST_F(LogisticHeadTest, TheSameRowsGiveTheSameBytes) {
  const HeadFiles first = fitted_files();
  EXPECT_EQ(first.size(), 2U);
  EXPECT_TRUE(fitted_files() == first);
}

TEST_F(LogisticHeadTest, OnlyTrainingRowsAreLearnedFrom) {
  const HeadFiles before = fitted_files();
  for (std::size_t row = kTrain; row < kAll; ++row) {
    for (data::NumericColumn& column : data_.table.numeric) column.values[row] = 1e9;
    data_.table.categorical[0].values[row] = "unheard of";
    data_.labels()[row] = (data_.labels()[row] + 1) % 3;
  }
  EXPECT_TRUE(fitted_files() == before);
  data_.labels()[0] = (data_.labels()[0] + 1) % 3;
  EXPECT_FALSE(fitted_files() == before);
}

TEST_F(LogisticHeadTest, ALoadedHeadPredictsTheSame) {
  const HeadFiles files = fitted_files();
  const auto again = heads::make_head("logistic");
  again->load(files);
  EXPECT_EQ(again->predict(data_, held_out()).values, head_->predict(data_, held_out()).values);
  EXPECT_TRUE(again->save() == files);
}

TEST_F(LogisticHeadTest, PredictingBeforeFitOrLoadIsALogicError) {
  EXPECT_THROW(head_->predict(data_, held_out()), std::logic_error);
}

TEST_F(LogisticHeadTest, AMissingFileIsNamed) {
  for (const char* name : {kWeightsFile, kFeaturesFile}) {
    HeadFiles files = fitted_files();
    files.erase(name);
    EXPECT_TRUE(contains(error_of_load(files), name)) << name << ": " << error_of_load(files);
  }
}

TEST_F(LogisticHeadTest, ACorruptFileIsARuntimeErrorThatNamesIt) {
  for (const char* name : {kWeightsFile, kFeaturesFile}) {
    HeadFiles files = fitted_files();
    for (const std::string& bytes : {std::string(), std::string("x"), files[name].substr(0, files[name].size() / 2),
                                     files[name].substr(0, files[name].size() - 4)}) {
      files[name] = bytes;
      EXPECT_TRUE(contains(error_of_load(files), name))
          << name << " of " << bytes.size() << " bytes: " << error_of_load(files);
    }
  }
}

TEST_F(LogisticHeadTest, FilesOfTwoFitsThatDoNotFitEachOtherAreARuntimeError) {
  HeadFiles files = fitted_files();
  data_.table.numeric.pop_back();
  files[kFeaturesFile] = fitted_files()[kFeaturesFile];
  EXPECT_THROW(heads::make_head("logistic")->load(files), std::runtime_error);
}

TEST_F(LogisticHeadTest, ATableWithoutAColumnOfTheFitIsRefused) {
  fitted_files();
  data_.table.numeric.pop_back();
  EXPECT_THROW(head_->predict(data_, held_out()), std::invalid_argument);
}

}  // namespace logistic_head_test
}  // namespace hitscope::models
