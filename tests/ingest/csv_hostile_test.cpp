#include <gtest/gtest.h>

#include "ingest/tables/csv.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace csv_hostile_test {

using Cells = std::vector<std::string>;

class CsvHostileTest : public testing::Test {
 protected:
  const tests::TestFolder folder_;
};

TEST_F(CsvHostileTest, EndsAtARowOfOverSixteenMebibytes) {
  const std::string before = "id,title\na,b\n";
  for (const std::string& hostile : {"\"" + std::string(40'000'000, 'x'), std::string(40'000'000, 'x') + "\n",
                                     std::string(40'000'000, ','), "\"" + std::string(40'000'000, '\n') + "\"\n"}) {
    const auto path = folder_.write("table.csv", before + hostile + "\nc,d\n");
    auto reader = CsvReader::open(path);
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader->next())->cells, (Cells{"a", "b"}));
    const auto bad = reader->next();
    ASSERT_TRUE(bad && !*bad);
    EXPECT_EQ(reader->row_number(), 3U);
    EXPECT_EQ(bad->error().kind, FailureKind::kBadRow);
    EXPECT_EQ(bad->error().detail, path.string() +
                                       " row 3: is larger than 16 MiB; perhaps a quote is not closed; "
                                       "nothing after it was read");
    EXPECT_FALSE(reader->next());
  }
}

TEST_F(CsvHostileTest, ReadsARowOfAlmostSixteenMebibytes) {
  auto reader = CsvReader::open(folder_.write("table.csv", "id,title\nc," + std::string(16'000'000, 'x') + "\nd,e\n"));
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader->next())->cells[1].size(), 16'000'000U);
  EXPECT_EQ((*reader->next())->cells, (Cells{"d", "e"}));
  EXPECT_FALSE(reader->next());
}

TEST_F(CsvHostileTest, RefusesAHeaderOfTooManyBytesOrColumns) {
  const auto large = CsvReader::open(folder_.write("table.csv", "\"" + std::string(20'000'000, 'x')));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, FailureKind::kBadFile);
  EXPECT_NE(large.error().detail.find("row 1: is larger than 16 MiB"), std::string::npos) << large.error().detail;
  const auto path = folder_.write("table.csv", std::string(100'000, ',') + "\n");
  const auto wide = CsvReader::open(path);
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(wide.error().detail, path.string() + ": has 100001 columns; at most 100000 are read");
  EXPECT_TRUE(CsvReader::open(folder_.write("table.csv", std::string(99'999, ',') + "\n")));
}

TEST_F(CsvHostileTest, TellsDamagedGzipDataAfterTheRowsBeforeIt) {
  std::string text = "id,title\n";
  for (int i = 0; i < 3000; ++i) text += std::to_string(i) + "," + tests::noise(200) + "\n";
  const std::string whole = tests::gzipped(text + tests::noise(100'000));
  const auto path = folder_.write("table.csv", whole.substr(0, whole.size() - 50'000));
  auto reader = CsvReader::open(path);
  ASSERT_TRUE(reader);
  for (int i = 0; i < 3000; ++i) ASSERT_EQ((*reader->next())->cells[0], std::to_string(i));
  const auto bad = reader->next();
  ASSERT_TRUE(bad && !*bad);
  EXPECT_EQ(bad->error().kind, FailureKind::kBadRow);
  EXPECT_EQ(bad->error().detail, path.string() +
                                     " row 3002: the gzip data is damaged (it is cut short); nothing after "
                                     "it was read");
  EXPECT_FALSE(reader->next());
}

TEST_F(CsvHostileTest, RefusesGzipDataThatIsDamagedInTheHeader) {
  const auto path = folder_.write("table.csv", tests::gzipped("id,title\na,b\n").substr(0, 14));
  const auto reader = CsvReader::open(path);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(reader.error().action, Action::kStop);
  EXPECT_EQ(reader.error().detail,
            path.string() + " row 1: the gzip data is damaged (it is cut short); nothing after it was read");
}

}  // namespace csv_hostile_test
}  // namespace hitscope::ingest::tables
