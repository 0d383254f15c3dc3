// No cell of a CSV for spreadsheets is run when it is opened.
#include "ingest/tables/spreadsheet.h"

#include <gtest/gtest.h>

#include "ingest/files.h"
#include "ingest/input_error.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace spreadsheet_test {

TEST(SpreadsheetCellTest, ShowsWhatWouldBeAFormula) {
  for (const char* cell :
       {"=HYPERLINK(\"http://x\",\"y\")", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@a", "-", "=", "--1", "+-1"}) {
    EXPECT_EQ(spreadsheet_cell(cell), std::string("'") + cell);
  }
}

TEST(SpreadsheetCellTest, ShowsFormulasBehindOtherSeparators) {
  EXPECT_EQ(spreadsheet_cell("Song;=HYPERLINK(\"x\")"), "Song;'=HYPERLINK(\"x\")");
  EXPECT_EQ(spreadsheet_cell("a\t@b\n-c"), "a\t'@b\n'-c");
  EXPECT_EQ(spreadsheet_cell("\t=1"), "'\t'=1");
  EXPECT_EQ(spreadsheet_cell("\n="), "'\n'=");
}

TEST(SpreadsheetCellTest, LeavesNumbersAndOtherTexts) {
  for (const char* cell : {"", "a", "'=1", "-1", "-0.5", "+3", "-1e-7", "3=4", "a@b", "1-2", "Björk", "-inf"}) {
    EXPECT_EQ(spreadsheet_cell(cell), cell);
  }
}

TEST(SpreadsheetFileTest, HasAllRowsAndQuotesAsTheOriginal) {
  const hitscope::tests::TestFolder folder;
  const auto csv = folder.write("results.csv", "id,=title\na,\"=1,\"\"2\"\"\"\n\"-\nb\",-3\n");
  write_for_spreadsheets(csv);
  EXPECT_EQ(read_text(folder.path() / "results.spreadsheet.csv"), "id,'=title\na,\"'=1,\"\"2\"\"\"\n\"'-\nb\",-3\n");
  EXPECT_EQ(read_text(folder.path() / "results.csv"), "id,=title\na,\"=1,\"\"2\"\"\"\n\"-\nb\",-3\n")
      << "it is left as it is";
  EXPECT_THROW(write_for_spreadsheets(folder.path() / "absent.csv"), InputError);
}

}  // namespace spreadsheet_test
}  // namespace hitscope::ingest::tables
