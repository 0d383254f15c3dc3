#include "ingest/tables/predictions_table.h"

#include <gtest/gtest.h>

#include "tests/support/refusals.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace predictions_table_test {

Predictions read(const std::string& text, PredictionsRequest request = {}) {
  const tests::TestFolder folder;
  request.file = folder.write("p.csv", text);
  return read_predictions(request);
}

std::string refusal(const std::string& text, const PredictionsRequest& request = {}) {
  std::string message = tests::refusal_of([&] { read(text, request); });
  const std::size_t name = message.find("p.csv");
  return name == std::string::npos ? message : message.substr(name);
}

TEST(PredictionsTableTest, ReadsTextsAsClasses) {
  const Predictions p = read("id,y_true,y_pred\n7,low,low\n8,high,low\n");
  EXPECT_EQ(p.name, "p.csv");
  EXPECT_EQ(p.kind, PredictionKind::kClasses);
  EXPECT_EQ(p.read_as, "2 classes ('low' is not a number; all of y_pred occur in y_true)");
  EXPECT_EQ(p.class_names, (std::vector<std::string>{"high", "low"}));
  EXPECT_EQ(p.targets, (std::vector<int>{1, 0}));
  EXPECT_EQ(p.answers, (std::vector<int>{1, 1}));
  EXPECT_EQ(p.ids, (std::vector<std::string>{"7", "8"}));
  EXPECT_EQ(p.intervals_over, "2 rows: no group column");
}

TEST(PredictionsTableTest, ReadsFewWholeNumbersAsClassesInTheirOrder) {
  const Predictions p = read("y_true,y_pred\n10,10\n9,10.0\n");
  EXPECT_EQ(p.class_names, (std::vector<std::string>{"9", "10"}));
  EXPECT_EQ(p.answers, (std::vector<int>{1, 1}));
  EXPECT_EQ(p.read_as, "2 classes (all of y_pred occur in y_true); `kind` values reads them as numbers");
}

TEST(PredictionsTableTest, ReadsFractionsOfATruthOfZeroAndOneAsProbabilities) {
  const Predictions p = read("y_true,y_pred\n1,0.75\n0,0.25\n");
  EXPECT_EQ(p.kind, PredictionKind::kProbabilities);
  EXPECT_EQ(p.read_as,
            "probabilities (y_true is 0 or 1, y_pred from 0.25 to 0.75); `kind` values reads them as numbers");
  EXPECT_EQ(p.targets, (std::vector<int>{1, 0}));
  EXPECT_EQ(p.predicted_values, (std::vector<double>{0.75, 0.25}));
}

TEST(PredictionsTableTest, ReadsEverythingElseAsValues) {
  const Predictions p = read("y_true,y_pred\n1.5,2\n3,4\n");
  EXPECT_EQ(p.kind, PredictionKind::kValues);
  EXPECT_EQ(p.read_as, "values (y_true holds numbers that are not whole); `kind` classes reads them as classes");
  EXPECT_EQ(p.true_values, (std::vector<double>{1.5, 3.0}));
}

TEST(PredictionsTableTest, ReadsAsTheKindThatIsAskedFor) {
  const Predictions p = read("y_true,y_pred\n1,1\n0,1\n", {.kind = PredictionKind::kValues});
  EXPECT_EQ(p.kind, PredictionKind::kValues);
  EXPECT_EQ(p.read_as, "values (by `kind`)");
  EXPECT_EQ(refusal("y_true,y_pred\nlow,1\n1,1\n", {.kind = PredictionKind::kValues}),
            "p.csv row 2: y_true is 'low'; `kind` values and `kind` probabilities need numbers");
  EXPECT_EQ(refusal("y_true,y_pred\n2,1\n", {.kind = PredictionKind::kProbabilities}),
            "p.csv row 2: y_true is '2'; for probabilities it must be 0 or 1");
  EXPECT_EQ(refusal("y_true,y_pred\n1,7\n", {.kind = PredictionKind::kProbabilities}),
            "p.csv row 2: y_pred is '7'; a probability must be from 0 to 1");
}

TEST(PredictionsTableTest, CountsGroups) {
  EXPECT_EQ(read("y_true,y_pred,artist\n1,1,a\n0,1,b\n0,1,\n").intervals_over,
            "3 groups of 'artist' (1 row without one)");
  EXPECT_EQ(read("y_true,y_pred,artist\n1,1,a\n0,1,a\n").intervals_over, "2 rows: 'artist' holds only one group");
  EXPECT_EQ(read("y_true,y_pred,who\n1,1,a\n0,1,b\n", {.group_column = "who"}).groups,
            (std::vector<std::string>{"a", "b"}));
}

TEST(PredictionsTableTest, NamesTheSettingOfAColumnThatIsNotThere) {
  EXPECT_EQ(refusal("y_true,x\n1,1\n"),
            "p.csv: has no column y_pred; name it with `predicted_column` (its columns are: y_true, x)");
  EXPECT_EQ(refusal("x,y_pred\n1,1\n"),
            "p.csv: has no column y_true; name it with `true_column` (its columns are: x, y_pred)");
  const std::string rest = " names the column 'z', which it does not have; its columns are: y_true, y_pred";
  EXPECT_EQ(refusal("y_true,y_pred\n1,1\n", {.true_column = "z"}), "p.csv: `true_column`" + rest);
  EXPECT_EQ(refusal("y_true,y_pred\n1,1\n", {.predicted_column = "z"}), "p.csv: `predicted_column`" + rest);
  EXPECT_EQ(refusal("y_true,y_pred\n1,1\n", {.group_column = "z"}), "p.csv: `group_column`" + rest);
  EXPECT_EQ(refusal("y_true,y_pred\n1,1\n", {.id_column = "z"}), "p.csv: `id_column`" + rest);
  EXPECT_EQ(refusal("y_true,y_pred\n"), "p.csv: has no rows");
}

TEST(PredictionsTableTest, WritesCountsWithCommas) {
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(rows_of(1), "1 row");
  EXPECT_EQ(rows_of(2000), "2,000 rows");
}

}  // namespace predictions_table_test
}  // namespace hitscope::ingest::tables
