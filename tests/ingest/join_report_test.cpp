// What a join says of itself.
#include "ingest/tables/join.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ingest/tables/table_reader.h"
#include "tests/support/join_tables.h"

namespace hitscope::ingest::tables {
namespace join_report_test {

using namespace tests;

TEST(JoinTest, SpeaksOfWhatItDidWithSharesAndExamples) {
  const Joined result = joined(songs(), artists(), on({{"artist", "artist"}}, JoinDuplicates::kAll));
  EXPECT_EQ(
      sentences(result.report),
      (std::vector<std::string>{
          "artists.csv.gz joined to songs.csv on artist: 3 of 5 rows matched (60.00 %)",
          "1 row of songs.csv without a match in artists.csv.gz (20.00 %), e.g. \"q\"",
          "1 row of songs.csv without a key (20.00 %)", "1 row of songs.csv with the key of an earlier row (20.00 %)",
          "2 rows of artists.csv.gz with the key of an earlier row (33.33 %)",
          "1 row of these with other values than the first row with that key (50.00 %), e.g. \"x\"",
          "2 rows of artists.csv.gz without a match in songs.csv (33.33 %)", "the result has 9 rows, songs.csv had 5",
          "renamed, because the name was taken: id -> artists.id"}));
}

TEST(JoinTest, NeverRoundsNearlyAllToAllOrNearlyNoneToNone) {
  JoinReport report;
  report.left = "l";
  report.right = "r";
  report.on = "k";
  report.n_left = 1'234'567;
  report.n_left_matched = 1'234'566;
  EXPECT_EQ(sentences(report)[0], "r joined to l on k: 1,234,566 of 1,234,567 rows matched (99.99 %)");
  report.n_left_matched = 1;
  EXPECT_EQ(sentences(report)[0], "r joined to l on k: 1 of 1,234,567 rows matched (0.01 %)");
  report.n_left_matched = 0;
  EXPECT_EQ(sentences(report)[0], "r joined to l on k: 0 of 1,234,567 rows matched (0 %)");
}

TEST(JoinTest, ShowsFiveKeysAtMostAndLongOnesCutAtACharacter) {
  Rows rows;
  for (int i = 0; i < 20; ++i) rows.push_back({std::to_string(i / 2)});
  const TextTable right = table_of("r", {"k"}, {});
  EXPECT_EQ(joined(table_of("l", {"k"}, rows), right, on({{"k", "k"}})).report.unmatched,
            (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  std::string umlauts = "a";
  for (int i = 0; i < 100; ++i) umlauts += "ä";
  const auto shown = joined(table_of("l", {"k"}, {{umlauts}}), right, on({{"k", "k"}})).report.unmatched;
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0], umlauts.substr(0, 79) + "…");
}

}  // namespace join_report_test
}  // namespace hitscope::ingest::tables
