#include "ingest/tables/quoting.h"

#include <gtest/gtest.h>

#include "ingest/tables/csv_parser.h"

namespace hitscope::ingest::tables {
namespace quoting_test {

using Cells = std::vector<std::string>;

/// The cells of the rows of `text`, parsed as sniffed, `step` bytes at a time.
std::vector<Cells> parsed(const std::string& text, std::size_t step, char delimiter = ',') {
  CsvParser parser(delimiter, sniffed_quoting(text, delimiter));
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
  const std::string text = "'id','title'\n1,'Rock, ''n'' Roll'\n2,'Two\nlines'\n";
  EXPECT_EQ(sniffed_quoting(text, ',').quote, '\'');
  for (const std::size_t step : {1U, 3U, 100U}) {
    EXPECT_EQ(parsed(text, step), (std::vector<Cells>{{"id", "title"}, {"1", "Rock, 'n' Roll"}, {"2", "Two\nlines"}}));
  }
}

TEST(QuotingTest, ApostrophesAreNoQuotes) {
  for (const std::string text :
       {"id,title\n1,'Til I Collapse\n2,Goin'\n", "id,title\n1,'Cause\n2,'Bout\n", "id,title\n1,\"'n'\"\n2,\"'Til'\"\n",
        "id\tartists\n1\t['A','B']\n2\t['C','D']\n", "id,title\n1,A\n2,B\n3,'C'\n4,D\n"}) {
    EXPECT_EQ(sniffed_quoting(text, text.find('\t') == std::string::npos ? ',' : '\t').quote, '"') << text;
  }
}

TEST(QuotingTest, BackslashesStandBeforeQuotesWhereNoneIsDoubled) {
  const std::string text = R"("id","title"
"1","He said \"hi\", twice"
"2","a\\b \n c"
)";
  EXPECT_TRUE(sniffed_quoting(text, ',').has_escapes);
  for (const std::size_t step : {1U, 3U, 100U}) {
    EXPECT_EQ(parsed(text, step),
              (std::vector<Cells>{{"id", "title"}, {"1", R"(He said "hi", twice)"}, {"2", R"(a\b \n c)"}}));
  }
  for (const std::string plain : {R"("a","b"
"C:\","x"
)",
                                  R"("a","b"
"say ""hi""","\"
)",
                                  "a,b\n12\" mix,\\\n"}) {
    EXPECT_FALSE(sniffed_quoting(plain, ',').has_escapes) << plain;
  }
  EXPECT_TRUE(sniffed_quoting("'a','b'\n'it\\'s','x'\n", ',').has_escapes);
}

TEST(QuotingTest, AnEscapeAtTheEndLeavesTheCellOpen) {
  CsvParser parser(',', {'"', true});
  CsvBatch batch;
  parser.parse("\"a\\", batch);
  EXPECT_FALSE(parser.finish(batch));
}

}  // namespace quoting_test
}  // namespace hitscope::ingest::tables
