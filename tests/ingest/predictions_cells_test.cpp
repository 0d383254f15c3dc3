#include "ingest/tables/predictions_cells.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/refusals.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace predictions_cells_test {

using tests::refusal_of;

TextTable table_of(const std::string& rows) {
  const tests::TestFolder folder;
  auto table = read_text_table(folder.write("t.tsv", "y_true\ty_pred\n" + rows), {});
  if (!table) throw std::runtime_error(table.error().detail);
  table->name = "t.csv";
  return std::move(*table);
}

std::optional<Numbers> numbers(const std::string& rows) {
  const TextTable table = table_of(rows);
  return numbers_of(PredictionCells(table, 0, 1));
}

std::string refusal(const std::string& rows) {
  return refusal_of([&] { numbers(rows); });
}

std::string text_refusal(const std::string& rows, bool no_fractions) {
  const TextTable table = table_of(rows);
  return refusal_of([&] { require_texts(PredictionCells(table, 0, 1), no_fractions); });
}

TEST(PredictionCellsTest, ReadsNumbersOfOneFormat) {
  EXPECT_EQ(numbers("1\t0.5\n0\t 0.25 \n"), (Numbers{{{1.0, 0.0}, {0.5, 0.25}}}));
  EXPECT_EQ(numbers("1\t0,5\n0\t0,25\n"), (Numbers{{{1.0, 0.0}, {0.5, 0.25}}}));
  EXPECT_EQ(numbers("1\tword\n0\t1\n"), std::nullopt);
  EXPECT_EQ(numbers("1\tNA\n0\tNA\n"), std::nullopt) << "a column without a number";
}

TEST(PredictionCellsTest, RefusesRowsWithoutAValue) {
  EXPECT_EQ(refusal("1\t1\n1\t\n"), "t.csv row 3: y_pred is ''; every row needs a value");
  EXPECT_EQ(refusal("NA\t1\n1\t1\n"), "t.csv row 2: y_true is 'NA'; every row needs a value");
  EXPECT_EQ(refusal("1\t1\n1\tinf\n"), "t.csv row 3: y_pred is 'inf'; every value must be finite");
}

TEST(PredictionCellsTest, KnowsTheFirstTextAndTheFirstThatIsNoProbability) {
  const TextTable table = table_of("1\t2\n3\tb\n");
  EXPECT_EQ(first_text(PredictionCells(table, 0, 1)), (std::pair<int, std::size_t>(kPredicted, 1)));
  using Place = std::optional<std::pair<int, std::size_t>>;
  EXPECT_EQ(first_no_probability({{{0, 1}, {0.5, 1.0}}}), std::nullopt);
  EXPECT_EQ(first_no_probability({{{0, 2}, {0.5, 1.0}}}), Place(std::pair{kTruth, 1}));
  EXPECT_EQ(first_no_probability({{{0, 1}, {0.5, 1.5}}}), Place(std::pair{kPredicted, 1}));
}

TEST(PredictionCellsTest, TakesAMarkAsAClassOnlyWhereTheTruthHasIt) {
  EXPECT_EQ(text_refusal("none\tnone\na\ta\n", true), "");
  EXPECT_EQ(text_refusal("a\tnone\nb\ta\n", true), "t.csv row 2: y_pred is 'none'; every row needs a value");
}

TEST(PredictionCellsTest, RefusesWordsOnOneSideAndFractionsOnTheOther) {
  EXPECT_EQ(text_refusal("a\t0.5\nb\t0.25\n", true),
            "t.csv row 2: y_true is 'a'; the predictions are numbers, so the true values must be "
            "numbers, or 0 and 1 for probabilities");
  EXPECT_EQ(text_refusal("0.5\t0.5\n0.25\tb\n", true),
            "t.csv row 3: y_pred is 'b'; it is a text among numbers; give `kind` classes to compare texts");
  EXPECT_EQ(text_refusal("a\t0.5\nb\t0.25\n", false), "");
}

TEST(PredictionCellsTest, ClipsLongCellsToOneLine) {
  EXPECT_EQ(clipped("a\nb"), "a b");
  EXPECT_EQ(clipped(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(clipped(std::string(41, 'x')), std::string(40, 'x') + "…");
}

}  // namespace predictions_cells_test
}  // namespace hitscope::ingest::tables
