// The heads random_forest and boosted_trees: tables in, files out. Trees themselves: trees_test.cpp.
#include "models/classical/trees/tree_head.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

#include "models/data/preprocessing.h"
#include "models/evaluation/metrics.h"
#include "models/heads/heads.h"
#include "tests/support/labelled_examples.h"

namespace hitscope::models::classical::trees {
namespace tree_head_test {

using tests::LabelledExamples;

constexpr std::size_t kRows = 1200;

/// Whether a number is high decides, the other way round in one of two genres: nothing a linear model can learn.
/// Numbers and genres are missing here and there.
LabelledExamples table_of_exclusive_or() {
  std::mt19937_64 random(1);
  LabelledExamples data;
  data.n_rows = kRows;
  data.set_n_classes(2);
  data.table.numeric = {{"tempo", {}}, {"noise", {}}};
  data.table.categorical = {{"genre", {}}};
  const auto uniform = [&] { return static_cast<double>(random() >> 11) / 9007199254740992.0; };
  for (std::size_t row = 0; row < kRows; ++row) {
    const double tempo = uniform();
    const bool rock = random() % 2 == 0;
    data.table.numeric[0].values.push_back(200.0 * tempo);
    data.table.numeric[1].values.push_back(row % 10 == 0 ? std::numeric_limits<double>::quiet_NaN() : uniform());
    data.table.categorical[0].values.push_back(rock ? "rock" : row % 3 == 0 ? "" : "jazz");
    data.labels().push_back(rock == (tempo > 0.75) ? 1 : 0);
  }
  return data;
}

/// A number whose slope over the tempo turns round with the genre, and a little noise: nothing for a linear model.
LabelledExamples table_of_values() {
  LabelledExamples data = table_of_exclusive_or();
  std::mt19937_64 random(2);
  std::vector<double> values;
  for (std::size_t row = 0; row < kRows; ++row) {
    const double tempo = data.table.numeric[0].values[row];
    const bool rock = data.table.categorical[0].values[row] == "rock";
    const double noise = static_cast<double>(random() % 100) / 10.0;
    values.push_back(5000.0 + (rock ? tempo : -tempo) + noise);
  }
  data.set_values(values);
  return data;
}

data::Split split_of(const LabelledExamples& data) {
  data::SplitRows rows;
  rows.strata = labels_of(data.targets);
  return data::Split::holdout(data::SplitKind::kRandom, rows, {});
}

class TreeHeadTest : public testing::TestWithParam<const char*> {
 protected:
  static std::unique_ptr<Head> make() {
    return GetParam() == std::string("random_forest") ? heads::make_head("random_forest")
                                                      : heads::make_head("boosted_trees");
  }
  static std::string trees_file() {
    return GetParam() == std::string("random_forest") ? "random_forest.trees" : "boosted_trees.trees";
  }
  FitSummary fit(Head& head, const FitOptions& options = {}) const {
    return head.fit(data_, data_.targets, split_.training_fold(), options);
  }
  std::string error_of_load(const HeadFiles& files) const {
    try {
      make()->load(files);
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "no std::runtime_error was thrown";
  }

  LabelledExamples data_ = table_of_exclusive_or();
  data::Split split_ = split_of(data_);
  std::vector<std::size_t> held_out_ = split_.rows(data::Part::kTest);
};
INSTANTIATE_TEST_SUITE_P(Both, TreeHeadTest, testing::Values("random_forest", "boosted_trees"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(TreeHeadTest, PredictsHeldOutRowsOfAnExclusiveOr) {
  const auto head = make();
  EXPECT_EQ(head->name(), GetParam());
  EXPECT_EQ(head->n_classes(), 0);
  const FitSummary summary = fit(*head);
  EXPECT_FALSE(summary.stopped);
  EXPECT_GT(summary.n_parameters, 3U);
  EXPECT_EQ(summary.history.empty(), GetParam() == std::string("random_forest"));
  EXPECT_EQ(head->n_classes(), 2);
  const data::Probabilities p = head->predict(data_, held_out_);
  std::size_t n_right = 0;
  for (std::size_t i = 0; i < held_out_.size(); ++i) n_right += p.predicted(i) == data_.labels()[held_out_[i]] ? 1 : 0;
  EXPECT_GT(static_cast<double>(n_right) / static_cast<double>(held_out_.size()), 0.95);
}

TEST_P(TreeHeadTest, PredictsTheSameAfterFiles) {
  const auto head = make();
  fit(*head);
  const HeadFiles files = head->save();
  EXPECT_EQ(files.size(), 2U);
  const auto loaded = make();
  loaded->load(files);
  EXPECT_EQ(loaded->n_classes(), 2);
  EXPECT_EQ(loaded->predict(data_, held_out_).values, head->predict(data_, held_out_).values);
  EXPECT_EQ(loaded->save(), files);
  const auto again = make();
  fit(*again);
  EXPECT_EQ(again->save(), files) << "the same seed and other bytes";
}

TEST_P(TreeHeadTest, NamesTheFileThatIsMissingOrDamaged) {
  const auto head = make();
  fit(*head);
  for (const std::string& name : {trees_file(), std::string(GetParam()) + ".features.json"}) {
    HeadFiles files = head->save();
    files.at(name).resize(files.at(name).size() / 2);
    EXPECT_EQ(error_of_load(files).find(name), 0U) << error_of_load(files);
    files.erase(name);
    EXPECT_EQ(error_of_load(files), name + " is missing");
  }
}

TEST_P(TreeHeadTest, RefusesTreesOfOtherColumns) {
  const auto head = make();
  fit(*head);
  HeadFiles files = head->save();
  data_.table.numeric.pop_back();
  fit(*head);
  files.at(trees_file()) = head->save().at(trees_file());
  EXPECT_EQ(error_of_load(files), trees_file() + ": the trees do not fit the features");
}

TEST_P(TreeHeadTest, StaysAsItWasAfterAFailedLoad) {
  const auto head = make();
  fit(*head);
  const auto before = head->predict(data_, held_out_).values;
  HeadFiles files = head->save();
  files.at(trees_file()).pop_back();
  EXPECT_THROW(head->load(files), std::runtime_error);
  EXPECT_EQ(head->predict(data_, held_out_).values, before);
}

TEST_P(TreeHeadTest, GivesRareClassesMoreWithBalancedWeights) {
  // One row in eight is of class 1, and nothing tells which.
  data_.table.categorical.clear();
  data_.table.numeric.erase(data_.table.numeric.begin());
  for (std::size_t row = 0; row < kRows; ++row) {
    data_.table.numeric[0].values[row] = static_cast<double>(row % 3);
    data_.labels()[row] = row % 8 == 0 ? 1 : 0;
  }
  split_ = split_of(data_);
  const auto mean_of_class_1 = [&](bool balanced) {
    FitOptions options;
    options.of<data::Preprocessing>().balanced_class_weight = balanced;
    const auto head = make();
    fit(*head, options);
    const data::Probabilities p = head->predict(data_, held_out_);
    double sum = 0.0;
    for (std::size_t i = 0; i < p.n_rows; ++i) sum += p.at(i, 1);
    return sum / static_cast<double>(p.n_rows);
  };
  EXPECT_NEAR(mean_of_class_1(false), 0.125, 0.05);
  EXPECT_NEAR(mean_of_class_1(true), 0.5, 0.05);
}

TEST_P(TreeHeadTest, ReturnsEarlyOnceStopIsSet) {
  const std::atomic<bool> stop = true;
  FitOptions options;
  options.stop = &stop;
  const auto head = make();
  EXPECT_TRUE(fit(*head, options).stopped);
  EXPECT_EQ(head->n_classes(), 0);
}

TEST_P(TreeHeadTest, RefusesToPredictOrSaveBeforeAFitAndToFitNumbers) {
  const auto head = make();
  EXPECT_THROW(head->predict(data_, held_out_), std::logic_error);
  EXPECT_THROW(head->save(), std::logic_error);
  EXPECT_THROW(head->predict_values(data_, held_out_), std::logic_error);
  data_.set_n_classes(1);
  EXPECT_THROW(fit(*head), std::invalid_argument);
  data_.set_values({});
  EXPECT_THROW(fit(*head), std::invalid_argument) << "there are no values";
}

TEST_P(TreeHeadTest, LearnsValuesThatALinearModelCannot) {
  data_ = table_of_values();
  const auto r2 = [&](Head& head) {
    EXPECT_TRUE(head.info().learns_values());
    fit(head);
    std::vector<double> truth;
    for (const std::size_t row : held_out_) truth.push_back(data_.values()[row]);
    return evaluation::score_values(truth, head.predict_values(data_, held_out_)).r2;
  };
  EXPECT_GT(r2(*make()), 0.97);
  EXPECT_LT(r2(*heads::make_head("ridge")), 0.9);
}

TEST_P(TreeHeadTest, PredictsTheSameValuesAfterFilesAndKeepsClassesAndValuesApart) {
  data_ = table_of_values();
  const auto head = make();
  const FitSummary summary = fit(*head);
  EXPECT_EQ(summary.history.empty(), GetParam() == std::string("random_forest"));
  EXPECT_EQ(head->n_classes(), 0);
  EXPECT_THROW(head->predict(data_, held_out_), std::logic_error);
  const HeadFiles files = head->save();
  const auto loaded = make();
  loaded->load(files);
  EXPECT_EQ(loaded->n_classes(), 0);
  EXPECT_EQ(loaded->predict_values(data_, held_out_), head->predict_values(data_, held_out_));
  EXPECT_EQ(loaded->save(), files);
  const auto again = make();
  fit(*again);
  EXPECT_EQ(again->save(), files) << "the same seed and other bytes";
  const auto of_classes = make();
  data_ = table_of_exclusive_or();
  fit(*of_classes);
  EXPECT_THROW(of_classes->predict_values(data_, held_out_), std::logic_error);
}

TEST_P(TreeHeadTest, LearnsValuesFromTrainingRowsOnly) {
  data_ = table_of_values();
  const auto before = make();
  fit(*before);
  for (const std::size_t row : held_out_) data_.values()[row] = 1e9;
  const auto after = make();
  fit(*after);
  EXPECT_EQ(after->save(), before->save());
}

TEST_P(TreeHeadTest, RefusesValuesThatAreNotFinite) {
  data_ = table_of_values();
  data_.values()[split_.rows(data::Part::kTrain).front()] = HUGE_VAL;
  EXPECT_THROW(fit(*make()), std::invalid_argument);
}

TEST(BoostedTreesHeadTest, StopsAfterPatienceRoundsAndTellsEveryRound) {
  const LabelledExamples data = table_of_exclusive_or();
  FitOptions options;
  options.of<EarlyStopping>().patience = 3;
  std::size_t n_told = 0;
  options.on_epoch = [&](const Epoch& epoch) { EXPECT_EQ(epoch.number, static_cast<int>(++n_told)); };
  const FitSummary summary =
      heads::make_head("boosted_trees")->fit(data, data.targets, split_of(data).training_fold(), options);
  ASSERT_GT(summary.history.size(), 3U);
  EXPECT_EQ(summary.history.size(), n_told);
  EXPECT_LT(summary.history.back().train_loss, summary.history.front().train_loss);
  EXPECT_TRUE(summary.history[summary.history.size() - 4].is_best);
  EXPECT_FALSE(summary.history.back().is_best);
}

}  // namespace tree_head_test
}  // namespace hitscope::models::classical::trees
