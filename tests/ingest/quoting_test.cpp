#include "ingest/tables/quoting.h"

#include <gtest/gtest.h>

#include "ingest/tables/csv_parser.h"
#include "ingest/tables/dialect.h"

namespace hitscope::ingest::tables {
namespace quoting_test {

using Cells = std::vector<std::string>;

Quoting quoting_of(const std::string& text, char delimiter = ',') {
  return parsed_sample(text, delimiter, Quotes::kAuto).quoting;
}

/// The cells of the rows of `text`, parsed as sniffed, `step` bytes at a time.
std::vector<Cells> parsed(const std::string& text, std::size_t step) {
  CsvParser parser(',', quoting_of(text));
  CsvBatch batch;
  for (std::size_t i = 0; i < text.size(); i += step) parser.parse(std::string_view(text).substr(i, step), batch);
  EXPECT_TRUE(parser.finish(batch)) << text;
  std::vector<Cells> rows;
  std::vector<std::string_view> cells;
  for (const CsvBatch::Row& row : batch.rows) {
    batch.views_of(row, cells);
    rows.emplace_back(cells.begin(), cells.end());
  }
  return rows;
}

TEST(QuotingTest, SingleQuotesAreQuotesWhereCellsStandBetweenThem) {
  for (const std::string end : {"\n", "\r\n"}) {
    const std::string text =
        "'id','title'" + end + "1,'Rock, ''n'' Roll'" + end + "2,'Say,\"Hi\"'" + end + "3,'A" + end + "b'" + end;
    EXPECT_EQ(quoting_of(text).quote, '\'');
    for (const std::size_t step : {1U, 3U, 100U}) {
      const auto rows = parsed(text, step);
      ASSERT_EQ(rows.size(), 4U) << end.size();
      EXPECT_EQ(rows[0], (Cells{"id", "title"}));
    }
  }
  const std::string plain = "'id','title'\n1,'Rock, ''n'' Roll'\n2,'Two\nlines'\n";
  EXPECT_EQ(parsed(plain, 1), (std::vector<Cells>{{"id", "title"}, {"1", "Rock, 'n' Roll"}, {"2", "Two\nlines"}}));
  EXPECT_EQ(quoting_of("id,title\n0,'Rock, Roll 0'\n1,'Rock, Roll 1'\n").quote, '\'') << "a header without quotes";
}

TEST(QuotingTest, ApostrophesAreNoQuotes) {
  for (const std::string text :
       {"id,title\n1,'Til I Collapse\n2,Goin'\n", "id,title\n1,'Cause\n2,'Bout\n", "id,title\n1,\"'n'\"\n2,\"'Til'\"\n",
        "id,title\n1,A\n2,B\n3,'C'\n4,D\n", "id,artists\n1,\"['A','B']\"\n2,\"['C','D']\"\n"}) {
    EXPECT_EQ(quoting_of(text).quote, '"') << text;
  }
  EXPECT_EQ(quoting_of("id\tartists\n1\t['A','B']\n2\t['C','D']\n", '\t').quote, '"');
  std::string ids = "id,title\n";
  for (int i = 0; i < 30; ++i) ids += "'" + std::to_string(i) + "'," + (i == 9 ? "'Til I Collapse" : "A") + "\n";
  EXPECT_EQ(quoting_of(ids).quote, '"') << "it would swallow a row";
}

TEST(QuotingTest, BackslashesStandBeforeQuotesWhereThatFitsBetter) {
  const std::string text = R"("id","title"
"1","He said \"hi\", twice"
"2","a\\b \n c"
)";
  EXPECT_TRUE(quoting_of(text).has_escapes);
  for (const std::size_t step : {1U, 3U, 100U}) {
    EXPECT_EQ(parsed(text, step),
              (std::vector<Cells>{{"id", "title"}, {"1", R"(He said "hi", twice)"}, {"2", R"(a\b \n c)"}}));
  }
}

TEST(QuotingTest, BackslashesInOrdinaryTablesAreBackslashes) {
  std::string paths = "id,path,title\n";
  for (int i = 0; i < 60; ++i) {
    paths += std::to_string(i) + ",\"C:\\Music\\\"," + (i == 20 ? R"("12\"" Mix, 3")" : "Song") + "\n";
  }
  EXPECT_FALSE(quoting_of(paths).has_escapes);
  EXPECT_EQ(parsed(paths, 7).at(21).at(2), R"(12\" Mix, 3)");
  for (const std::string plain : {"\"a\",\"b\"\n\"C:\\\",\"x\"\n", "\"a\",\"b\"\n\"say \"\"hi\"\"\",\"\\\"\n",
                                  "a,b\n12\" mix,\\\n", "a,b\n\"12\\\"\" Mix\",1\n"}) {
    EXPECT_FALSE(quoting_of(plain).has_escapes) << plain;
  }
}

TEST(QuotingTest, WhatTheUserSaysIsTaken) {
  const std::string text = "'a',b\n'c',d\n";
  EXPECT_EQ(parsed_sample(text, ',', Quotes::kDouble).rows[0][0], "'a'");
  EXPECT_EQ(parsed_sample("a,b\nc,'d'\n", ',', Quotes::kSingle).rows[1][1], "d");
  EXPECT_TRUE(parsed_sample("a,b\nc,d\n", ',', Quotes::kEscaped).quoting.has_escapes);
  EXPECT_EQ(sniffed_dialect(text, {.quotes = Quotes::kDouble})->quoting.quote, '"');
}

TEST(QuotingTest, AnEscapeAtTheEndLeavesTheCellOpen) {
  CsvParser parser(',', {'"', true});
  CsvBatch batch;
  parser.parse("\"a\\", batch);
  EXPECT_FALSE(parser.finish(batch));
}

TEST(QuotingTest, CountsCellsThatGoOnBehindTheirQuote) {
  CsvParser parser(',', {});
  CsvBatch batch;
  parser.parse("a,b\n\"x\",\"Weird\" Al\n\"y\"\"\",\"\"\n\"z\" ,1\n", batch);
  EXPECT_EQ(parser.n_quoted(), 5U);
  EXPECT_EQ(parser.n_malformed(), 2U);
  EXPECT_EQ(parser.first_malformed(), 2U);
}

TEST(QuotingTest, ManyBackslashesAreReadOnce) {
  CsvParser parser(',', {'"', true});
  CsvBatch batch;
  parser.parse("\"" + std::string(15'000'000, '\\') + "\"\n", batch);  // hours, if each looked for the quote anew
  ASSERT_EQ(batch.rows.size(), 1U);
  EXPECT_EQ(batch.text.size(), 7'500'000U);
}

}  // namespace quoting_test
}  // namespace hitscope::ingest::tables
