// Splits that a column of the table gives.
#include "models/data/split.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/split_rows.h"

namespace hitscope::models::data {
namespace column_split_test {

using namespace tests;

TEST(ColumnSplitTest, NamesSayThePartInAnyCase) {
  const std::vector<std::string> values{"train", "Training", "VALIDATION", "val", "Dev", "Test"};
  const std::vector<int> targets{0, 1, 0, 1, 0, 1};
  const Split split = by_column(values, "", targets, {}, {});
  EXPECT_EQ(parts_of(split), (std::vector{Part::kTrain, Part::kTrain, Part::kValidation, Part::kValidation,
                                          Part::kValidation, Part::kTest}));
}

TEST(ColumnSplitTest, AnUnknownNameIsNamed) {
  const std::vector<std::string> values{"train", "validation", "holdout"};
  const std::vector<int> targets{0, 1, 0};
  const std::string message = message_of([&] { by_column(values, "", targets, {}, {}); });
  EXPECT_NE(message.find("'holdout'"), std::string::npos) << message;
}

TEST(ColumnSplitTest, RowsOfTheTestValueTestAndAllOthersTrain) {
  std::vector<std::string> values;
  std::vector<int> targets;
  for (int row = 0; row < 100; ++row) {
    values.push_back("fold " + std::to_string(row % 5));
    targets.push_back(row % 2);
  }
  const Split split = by_column(values, "fold 3", targets, {}, {0.2, 0.25, 1});
  for (std::size_t row = 0; row < values.size(); ++row) EXPECT_EQ(split.part(row) == Part::kTest, row % 5 == 3) << row;
  EXPECT_EQ(split.rows(Part::kValidation).size(), 20U);
  EXPECT_DOUBLE_EQ(class_share(targets, split.rows(Part::kValidation), 1), 0.5);
}

TEST(ColumnSplitTest, ATestValueThatNoRowHoldsIsRefused) {
  const std::vector<std::string> values(20, "fold 0");
  const std::vector<int> targets(20, 0);
  EXPECT_NE(message_of([&] { by_column(values, "fold 9", targets, {}, {}); }).find("no row for test"),
            std::string::npos);
}

TEST(ColumnSplitTest, ValidationIsTakenByGroupFromTheTrainingRowsWhereNoneIsNamed) {
  const Rows rows = songs();
  std::vector<std::string> values;
  for (std::size_t row = 0; row < rows.groups.size(); ++row)
    values.push_back(rows.groups[row].back() == '7' ? "test" : "train");
  const Split split = by_column(values, "", rows.targets, rows.groups, {0.2, 0.15, 4});
  for (std::size_t row = 0; row < values.size(); ++row) {
    EXPECT_EQ(split.part(row) == Part::kTest, values[row] == "test") << row;
  }
  for (const auto& [group, parts] : parts_by_group(split, rows.groups)) EXPECT_EQ(parts.size(), 1U) << group;
  const auto n_left = static_cast<double>(split.n_rows() - split.rows(Part::kTest).size());
  EXPECT_NEAR(static_cast<double>(split.rows(Part::kValidation).size()) / n_left, 0.15, 0.02);
}

TEST(ColumnSplitTest, NamedValidationRowsAreLeftAsTheyAre) {
  std::vector<std::string> values(30, "train");
  values[4] = "validation";
  values[9] = "test";
  const std::vector<int> targets(30, 0);
  const std::vector<std::string> groups(30, "one artist");
  const Split split = by_column(values, "", targets, groups, {});
  EXPECT_EQ(split.rows(Part::kValidation), std::vector<std::size_t>{4});
  EXPECT_EQ(split.rows(Part::kTest), std::vector<std::size_t>{9});
}

}  // namespace column_split_test
}  // namespace hitscope::models::data
