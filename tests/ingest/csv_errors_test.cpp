// CSV files and rows that are refused.
#include "ingest/tables/csv.h"

#include <gtest/gtest.h>

#include "tests/support/csv_fixture.h"

namespace hitscope::ingest::tables {
namespace csv_errors_test {

using namespace tests;

TEST_F(CsvTest, NamesTheRowAndBothCountsWhereCellsAreMissing) {
  const auto path = write("id,title,year\na,b,2001\nc,d\ne,f,2002\n");
  auto reader = CsvReader::open(path);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(*reader->next());
  const auto bad = reader->next();
  ASSERT_TRUE(bad && !*bad);
  EXPECT_EQ(bad->error().stage, Stage::kCatalogue);
  EXPECT_EQ(bad->error().kind, FailureKind::kBadRow);
  EXPECT_EQ(bad->error().action, Action::kSkip);
  EXPECT_EQ(bad->error().detail, path.string() + " row 3: 2 cells; the header has 3");
  const auto good = reader->next();
  ASSERT_TRUE(good && *good) << "the rows after a bad one are read";
  EXPECT_EQ((*good)->cells, (Cells{"e", "f", "2002"}));
  EXPECT_EQ((*good)->number, 4U);
  EXPECT_FALSE(reader->next());
}

TEST_F(CsvTest, NamesTheRowAndBothCountsWhereCellsAreTooMany) {
  const auto path = write("id,title\na,b,c,d\n");
  auto reader = CsvReader::open(path);
  ASSERT_TRUE(reader);
  const auto bad = reader->next();
  ASSERT_TRUE(bad && !*bad);
  EXPECT_EQ(bad->error().detail, path.string() + " row 2: 4 cells; the header has 2");
}

TEST_F(CsvTest, NamesTheRowOfAnUnclosedQuoteAfterTheRowsBeforeIt) {
  const auto path = write("id,title\na,b\nc,\"never closed\nd,e\n");
  auto reader = CsvReader::open(path);
  ASSERT_TRUE(reader);
  const auto first = reader->next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->cells, (Cells{"a", "b"}));
  const auto bad = reader->next();
  ASSERT_TRUE(bad && !*bad);
  EXPECT_EQ(bad->error().kind, FailureKind::kBadRow);
  EXPECT_TRUE(bad->error().detail.starts_with(path.string() + " row 3: ")) << bad->error().detail;
  EXPECT_NE(bad->error().detail.find("not closed"), std::string::npos) << bad->error().detail;
  EXPECT_FALSE(reader->next()) << "the failure is told once";
  EXPECT_FALSE(reader->next());
}

TEST_F(CsvTest, RefusesAnUnclosedQuoteInTheHeader) {
  const auto path = write("id,\"title\na,b\n");
  const auto reader = CsvReader::open(path);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(reader.error().action, Action::kStop);
  EXPECT_NE(reader.error().detail.find(path.string() + " row 1: "), std::string::npos) << reader.error().detail;
}

TEST_F(CsvTest, RefusesAnEmptyFile) {
  for (const std::string text : {"", "\xEF\xBB\xBF", "\n\n"}) {
    const auto path = write(text);
    const auto reader = CsvReader::open(path);
    ASSERT_FALSE(reader) << text;
    EXPECT_EQ(reader.error().kind, FailureKind::kBadFile);
    EXPECT_EQ(reader.error().action, Action::kStop);
    EXPECT_EQ(reader.error().detail, path.string() + ": is empty; its first row must name the columns");
  }
}

TEST_F(CsvTest, RefusesAMissingFileAndAFolder) {
  for (const auto& path : {folder_ / "absent.csv", folder_}) {
    const auto reader = CsvReader::open(path);
    ASSERT_FALSE(reader) << path;
    EXPECT_EQ(reader.error().stage, Stage::kCatalogue);
    EXPECT_EQ(reader.error().kind, FailureKind::kBadFile);
    EXPECT_EQ(reader.error().action, Action::kStop);
    EXPECT_TRUE(reader.error().detail.starts_with(path.string() + ": cannot be opened (")) << reader.error().detail;
  }
}

}  // namespace csv_errors_test
}  // namespace hitscope::ingest::tables
