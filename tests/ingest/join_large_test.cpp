// Joins of many rows.
#include "ingest/tables/join.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/tables/table_reader.h"
#include "tests/support/join_tables.h"

namespace hitscope::ingest::tables {
namespace join_large_test {

using namespace tests;

TEST(JoinTest, JoinsHalfAMillionRowsToAsManyInSeconds) {
  constexpr std::size_t n = 500'000;
  TextTable left = table_of("l", {"id", "v"}, {});
  TextTable right = table_of("r", {"id", "w"}, {});
  for (std::size_t i = 0; i < n; ++i) {
    left.columns[0].append("track-" + std::to_string(i));
    left.columns[1].append(std::to_string(i));
    right.columns[0].append("track-" + std::to_string((i * 7919) % (n + n / 10)));
    right.columns[1].append(std::to_string(i));
    left.numbers.push_back(i + 2);
    right.numbers.push_back(i + 2);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto result = join(std::move(left), right, on({{"id", "id"}}));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(seconds.count()));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->report.n_right_duplicates, 0U);
  EXPECT_EQ(result->report.n_left_matched + result->report.n_right_unused, n);
  EXPECT_LT(seconds.count(), 5.0) << "some 0.3 s on one idle core";
}

/// A CSV as it stands; std::nullopt where it cannot be read.
std::optional<TextTable> read(const std::filesystem::path& path) {
  auto reader = TableReader::open(path);
  if (!reader) return std::nullopt;
  TextTable table = table_of(path.string(), reader->header(), {});
  while (const auto row = reader->next()) {
    if (!*row) return std::nullopt;
    for (std::size_t i = 0; i < table.columns.size(); ++i) table.columns[i].append((*row)->cells[i]);
    table.numbers.push_back((*row)->number);
  }
  return table;
}

/// The numbers are pandas': with both files read by read_csv(file, dtype=str, keep_default_na=False) and
/// L, R = left.song_name.str.strip(), right.song_name.str.strip():
/// L.isin(R).sum(), len(left.merge(right, how="left", on="song_name")), L.duplicated().sum(), R.duplicated().sum(),
/// len(R) - len(set(L) & set(R)), (~R.isin(L)).sum(), and the rows of right[R.duplicated()] with any cell that the
/// row of right.drop_duplicates("song_name") of the same name has otherwise.
TEST(JoinTest, CountsAsPandasDoesOnRealSongs) {
  const char* folder = std::getenv("HITSCOPE_DATA");
  const std::filesystem::path data =
      std::filesystem::path(folder ? folder : HITSCOPE_DATA_DEFAULT) / "spotify_songs_19k";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << data << " is not there; set HITSCOPE_DATA";
  const auto left = read(data / "song_data.csv");
  const auto right = read(data / "song_info.csv");
  ASSERT_TRUE(left && right);
  const Joined first = joined(*left, *right, on({{"song_name", "song_name"}}));
  EXPECT_EQ(first.report.n_left, 18'835U);
  EXPECT_EQ(first.report.n_right, 18'835U);
  EXPECT_EQ(first.report.n_left_matched, 18'827U);
  EXPECT_EQ(first.report.n_left_unmatched, 8U);
  EXPECT_EQ(first.report.n_left_without_key, 0U);
  EXPECT_EQ(first.report.n_left_duplicates, 5'765U);
  EXPECT_EQ(first.report.n_right_duplicates, 5'765U);
  EXPECT_EQ(first.report.n_right_conflicting, 5'761U);
  EXPECT_EQ(first.report.n_right_unused, 5'770U);
  EXPECT_EQ(first.report.n_joined, 18'835U);
  EXPECT_EQ(first.report.unmatched, (std::vector<std::string>{"TRUE", "3:00 PM", "3", "11-Jul", "2:00 AM"}));
  EXPECT_EQ(sentences(first.report)[0],
            "song_info.csv joined to song_data.csv on song_name: 18,827 of 18,835 rows matched (99.96 %)");
  const Joined all = joined(*left, *right, on({{"song_name", "song_name"}}, JoinDuplicates::kAll));
  EXPECT_EQ(all.report.n_joined, 46'403U);
  EXPECT_EQ(all.report.n_right_unused, 8U);
  const Joined inner = joined(*left, *right, on({{"song_name", "song_name"}}, JoinDuplicates::kAll, false));
  EXPECT_EQ(inner.report.n_joined, 46'395U);
  EXPECT_EQ(inner.table.refused.size(), 8U);
  EXPECT_EQ(joined(*left, *right, on({})).report.n_left_matched, 18'835U) << "row by row";
}

}  // namespace join_large_test
}  // namespace hitscope::ingest::tables
