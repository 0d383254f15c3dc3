// What a head writes is what it loads; files that do not belong to it are refused.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "dsp/half.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"
#include "tests/support/network_examples.h"

namespace hitscope::models {
namespace network_heads_files_test {

using namespace tests;

TEST_P(NetworkHeadTest, ALoadedHeadPredictsTheSame) {
  const Fitted fitted = fit(name(), examples_, quick(3));
  const HeadFiles files = fitted.head->save();
  const auto again = heads::make_head(name());
  again->load(files);
  const auto rows = examples_.split().rows(data::Part::kTest);
  const auto want = fitted.head->predict(examples_.data, rows).values;
  EXPECT_EQ(again->predict(examples_.data, rows).values, want);
  EXPECT_TRUE(again->save() == files);
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

}  // namespace network_heads_files_test
}  // namespace hitscope::models
