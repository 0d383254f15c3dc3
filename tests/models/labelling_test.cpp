// From the target column to the classes or values that heads learn.
#include "models/data/labelling.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "models/data/split.h"

namespace hitscope::models::data {
namespace labelling_test {

/// Rows 0..3 train, 4 validates, 5 tests.
Split split() {
  const std::vector<std::string> parts{"train", "train", "train", "train", "validation", "test"};
  return Split::by_column(parts, "", SplitRows{}, {});
}

RawTargets numbers(std::vector<double> values) {
  RawTargets raw;
  raw.numbers = std::move(values);
  return raw;
}

Targets labelled_by(const char* spec, const RawTargets& raw) {
  const TrainingFold fold = split().training_fold();
  return labelled(LabelScheme::fit(parse_label_spec(spec), raw, fold), raw, fold);
}

std::string error_of(const char* spec, const RawTargets& raw) {
  try {
    labelled_by(spec, raw);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no std::invalid_argument was thrown";
}

TEST(LabellingTest, ThresholdsGiveEveryRowAClass) {
  const Targets targets = labelled_by("34,67", numbers({10, 34, 66.5, 67, 100, 0}));
  EXPECT_EQ(std::get<Classes>(targets).labels, (std::vector<int>{0, 1, 1, 2, 2, 0}));
  EXPECT_EQ(n_classes_of(targets), 3);
  EXPECT_EQ(n_rows_of(targets), 6U);
}

TEST(LabellingTest, ARegressionGivesEveryRowItsValue) {
  const Targets targets = labelled_by("regression", numbers({3, 1, 4, 1, 5, 9}));
  EXPECT_EQ(std::get<Values>(targets).values, (std::vector<double>{3, 1, 4, 1, 5, 9}));
  EXPECT_EQ(n_classes_of(targets), 0);
  EXPECT_TRUE(labels_of(targets).empty());
}

TEST(LabellingTest, PercentilesAreAmongTheTrainingRowsOnly) {
  const Targets targets = labelled_by("percentile", numbers({0, 10, 20, 30, 15, 1000}));
  const std::vector<double>& values = std::get<Values>(targets).values;
  EXPECT_NEAR(values[4], 50.0, 1.0);    // half way between training values
  EXPECT_NEAR(values[5], 100.0, 1e-9);  // beyond them all
}

TEST(LabellingTest, RowsKeepTheirTargetsWhenSomeAreTaken) {
  const std::vector<std::size_t> rows{5, 0};
  EXPECT_EQ(std::get<Classes>(of_rows(Classes{{0, 1, 1, 2, 2, 1}, 3}, rows)).labels, (std::vector<int>{1, 0}));
  EXPECT_EQ(n_classes_of(of_rows(Classes{{0, 1, 1, 2, 2, 1}, 3}, rows)), 3);
  EXPECT_EQ(std::get<Values>(of_rows(Values{{1, 2, 3, 4, 5, 6}}, rows)).values, (std::vector<double>{6, 1}));
}

TEST(LabellingTest, TrainingRowsThatAreAllTheSameAreRefusedWithTheirLabel) {
  EXPECT_EQ(error_of("34,67", numbers({1, 2, 3, 4, 50, 90})),
            "all 4 training rows have the label 'low', by `labels` 34,67; there is nothing to learn");
  EXPECT_EQ(error_of("regression", numbers({2.5, 2.5, 2.5, 2.5, 3, 4})),
            "all 4 training rows have the label 2.5, by `labels` regression; there is nothing to learn");
}

TEST(LabellingTest, ARowWithoutALabelIsABrokenPromise) {
  RawTargets raw;
  raw.texts = {"rock", "jazz", "rock", "jazz", "rock", "polka"};
  const TrainingFold fold = split().training_fold();
  LabelConfig config{.kind = LabelKind::kMapping};
  config.mapping = {{"rock", "loud"}, {"jazz", "quiet"}};
  EXPECT_THROW(labelled(LabelScheme::fit(config, raw, fold), raw, fold), std::logic_error);
}

}  // namespace labelling_test
}  // namespace hitscope::models::data
