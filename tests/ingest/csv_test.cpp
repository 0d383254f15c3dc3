#include "ingest/tables/csv.h"

#include <gtest/gtest.h>

#include "tests/support/csv_fixture.h"

namespace hitscope::ingest::tables {
namespace csv_test {

using namespace tests;

TEST_F(CsvTest, ReadsPlainRowsAndNumbersTheHeaderAsRowOne) {
  const auto got = rows("id,title\na,First\nb,Second\n");
  EXPECT_EQ(header_, (Cells{"id", "title"}));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].number, 2U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "First"}));
  EXPECT_EQ(got[1].number, 3U);
  EXPECT_EQ(got[1].cells, (Cells{"b", "Second"}));
}

TEST_F(CsvTest, ReadsQuotedNewlinesCommasAndQuotes) {
  const auto got = rows("id,title\na,\"one, two\nthree \"\"four\"\"\"\nb,\"\"\n");
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "one, two\nthree \"four\""}));
  EXPECT_EQ(got[1].number, 3U) << "a newline inside quotes begins no row";
  EXPECT_EQ(got[1].cells, (Cells{"b", ""}));
}

TEST_F(CsvTest, DropsAByteOrderMark) {
  const auto got = rows("\xEF\xBB\xBFid,title\na,b\n");
  EXPECT_EQ(header_, (Cells{"id", "title"}));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "b"}));
}

TEST_F(CsvTest, DropsAByteOrderMarkBeforeAQuotedHeader) {
  rows("\xEF\xBB\xBF\"id\",\"title\"\na,b\n");
  EXPECT_EQ(header_, (Cells{"id", "title"}));
}

TEST_F(CsvTest, ReadsCarriageReturnLineFeed) {
  const auto got = rows("id,title\r\na,\"x\r\ny\"\r\nb,z\r\n");
  EXPECT_EQ(header_, (Cells{"id", "title"}));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "x\r\ny"}));
  EXPECT_EQ(got[1].cells, (Cells{"b", "z"}));
  EXPECT_EQ(got[1].number, 3U);
}

TEST_F(CsvTest, ReadsALastLineWithoutNewline) {
  const auto got = rows("id,title\na,b");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "b"}));
}

TEST_F(CsvTest, ReadsALastQuotedCellWithoutNewline) {
  const auto got = rows("id,title\na,\"b\"");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "b"}));
}

TEST_F(CsvTest, KeepsSpacesAndEmptyCells) {
  const auto got = rows("id,title,year\n a ,,\n,,\n");
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].cells, (Cells{" a ", "", ""}));
  EXPECT_EQ(got[1].cells, (Cells{"", "", ""}));
}

TEST_F(CsvTest, KeepsWhatIsNotAscii) {
  const auto got = rows("id,title\na,Señorita – 愛\n");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].cells[1], "Señorita – 愛");
}

TEST_F(CsvTest, CountsBlankLinesAsASpreadsheetDoes) {
  const auto got = rows("id,title\n\na,b\n");
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "b"}));
  EXPECT_EQ(got[0].number, 3U) << "a spreadsheet shows this row as row 3";
}

TEST_F(CsvTest, ReadsAHeaderWithoutRows) {
  EXPECT_TRUE(rows("id,title\n").empty());
  EXPECT_EQ(header_, (Cells{"id", "title"}));
}

TEST_F(CsvTest, ReadsFilesLargerThanItsBuffer) {
  // Rows of 98 and 99 bytes: quotes, CRLF and doubled quotes fall on every side of the buffer's end.
  std::string text = "id,title\r\n";
  constexpr std::size_t kRows = 5000;
  const auto title = [](std::size_t i) {
    return "a \"quoted\" title,\r\n" + std::string(60 + i % 2, 'x') + std::to_string(10000 + i);
  };
  for (std::size_t i = 0; i < kRows; ++i) {
    std::string quoted;
    for (const char c : title(i)) quoted += c == '"' ? "\"\"" : std::string(1, c);
    text += std::to_string(i) + ",\"" + quoted + "\"\r\n";
  }
  ASSERT_GT(text.size(), 400'000U);
  const auto got = rows(text);
  ASSERT_EQ(got.size(), kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(got[i].number, i + 2);
    ASSERT_EQ(got[i].cells, (Cells{std::to_string(i), title(i)}));
  }
}

TEST_F(CsvTest, TakesAQuoteInsideAnUnquotedCellAsALetter) {
  const auto got = rows("id,ti\"tle\na,12\" mix\nb,Foo \"Bar\" baz\n \"c\",d\"\n");
  EXPECT_EQ(header_, (Cells{"id", "ti\"tle"}));
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].cells, (Cells{"a", "12\" mix"}));
  EXPECT_EQ(got[1].cells, (Cells{"b", "Foo \"Bar\" baz"}));
  EXPECT_EQ(got[2].cells, (Cells{" \"c\"", "d\""}));
}

TEST_F(CsvTest, ReadsWhatFollowsAClosingQuoteAsPythonDoes) {
  // What csv.reader of Python 3.11 makes of these lines.
  const auto got = rows("id,title\n\"Weird\" Al,Eat It\n\"a\"b\"c\",\"x\"\"y\"z\n\"a,\"b,\"\"\"\"\n");
  ASSERT_EQ(got.size(), 3U) << "no row was taken along";
  EXPECT_EQ(got[0].cells, (Cells{"Weird Al", "Eat It"}));
  EXPECT_EQ(got[1].cells, (Cells{"ab\"c\"", "x\"yz"}));
  EXPECT_EQ(got[2].cells, (Cells{"a,b", "\""}));
}

TEST_F(CsvTest, ShowsRowsWithoutACopyUntilTheNextIsAskedFor) {
  auto reader = CsvReader::open(write("id,title\na,\"b \"\"c\"\"\"\nd\n,\n"));
  ASSERT_TRUE(reader);
  const auto first = reader->next_view();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->number, 2U);
  ASSERT_EQ((*first)->cells.size(), 2U);
  EXPECT_EQ((*first)->cells[0], "a");
  EXPECT_EQ((*first)->cells[1], "b \"c\"");
  EXPECT_FALSE(*reader->next_view()) << "one cell";
  EXPECT_EQ(reader->row_number(), 3U);
  const auto last = reader->next_view();
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->cells[1], "");
  EXPECT_FALSE(reader->next_view());
}

TEST_F(CsvTest, TellsAByteOrderMark) {
  EXPECT_TRUE(CsvReader::open(write("\xEF\xBB\xBFid\n"))->has_byte_order_mark());
  EXPECT_FALSE(CsvReader::open(write("id\n\xEF\xBB\xBF\n"))->has_byte_order_mark());
}

TEST_F(CsvTest, ReadsCellsBetweenTabsWhereAsked) {
  auto reader = CsvReader::open(
      std::move(*ByteSource::open(write("id\ttitle\na\tone, two\nb\t\"a\ttab, \"\"quotes\"\"\nand a line\"\n"))),
      {.delimiter = '\t'});
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->header(), (Cells{"id", "title"}));
  EXPECT_EQ((*reader->next())->cells, (Cells{"a", "one, two"}));
  EXPECT_EQ((*reader->next())->cells, (Cells{"b", "a\ttab, \"quotes\"\nand a line"}));
  EXPECT_FALSE(reader->next());
}

TEST_F(CsvTest, ReadsWhatPythonWrote) {
  // csv.writer of [["id", "a,b", ""], ["x\ny", 'q"q', " s "], ["", None, 1.5]], once by "excel", once by "excel-tab".
  const std::string commas = "id,\"a,b\",\r\n\"x\ny\",\"q\"\"q\", s \r\n,,1.5\r\n";
  const std::string tabs = "id\ta,b\t\r\n\"x\ny\"\t\"q\"\"q\"\t s \r\n\t\t1.5\r\n";
  for (const auto& [text, delimiter] : {std::pair{commas, ','}, {tabs, '\t'}}) {
    auto reader = CsvReader::open(std::move(*ByteSource::open(write(text))), {.delimiter = delimiter});
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->header(), (Cells{"id", "a,b", ""}));
    EXPECT_EQ((*reader->next())->cells, (Cells{"x\ny", "q\"q", " s "}));
    EXPECT_EQ((*reader->next())->cells, (Cells{"", "", "1.5"}));
    EXPECT_FALSE(reader->next());
  }
}

TEST_F(CsvTest, QuotesOnlyWhereItMust) {
  EXPECT_EQ(csv_line({"a", " b c ", ""}), "a, b c ,\n");
  EXPECT_EQ(csv_line({"a,b", "c\"d", "e\nf", "g\rh"}), "\"a,b\",\"c\"\"d\",\"e\nf\",\"g\rh\"\n");
}

TEST_F(CsvTest, ReadsBackWhatCsvLineWrote) {
  const std::vector<Cells> table{{"id", "say \"hi\"", "a,b"}, {"", "", ""},
                                 {"\"", "\"\"", ",\",\""},    {"line\nbreak", "carriage\rreturn", "both\r\n"},
                                 {" lead", "trail ", "\t"},   {"Beyoncé", "愛", "'"}};
  std::string text;
  for (const Cells& cells : table) text += csv_line(std::span<const std::string>(cells));
  const auto got = rows(text);
  EXPECT_EQ(header_, table[0]);
  ASSERT_EQ(got.size(), table.size() - 1);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i].cells, table[i + 1]) << "row " << i + 2;
}

TEST_F(CsvTest, ReadsBackAnEmptyCellOfASingleColumn) {
  const auto got = rows(csv_line({"artist"}) + csv_line({"a"}) + csv_line({""}) + csv_line({"b"}));
  ASSERT_EQ(got.size(), 3U) << "an empty cell is a row too";
  EXPECT_EQ(got[1].cells, (Cells{""}));
  EXPECT_EQ(got[2].cells, (Cells{"b"}));
}

}  // namespace csv_test
}  // namespace hitscope::ingest::tables
