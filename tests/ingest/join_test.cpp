#include "ingest/tables/join.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ingest/tables/table_reader.h"
#include "tests/support/join_tables.h"

namespace hitscope::ingest::tables {
namespace join_test {

using namespace tests;

TEST(JoinTest, TakesTheFirstMatchAndCountsEveryRow) {
  const Joined result = joined(songs(), artists(), on({{"artist", "artist"}}));
  EXPECT_EQ(result.table.header, (std::vector<std::string>{"id", "artist", "artists.id", "fans"}));
  EXPECT_EQ(
      rows_of(result.table),
      (Rows{
          {"1", "x", "a", "10"}, {"2", "y", "b", "20"}, {"3", "x", "a", "10"}, {"4", "", "", ""}, {"5", "q", "", ""}}));
  EXPECT_EQ(result.table.numbers, (std::vector<std::size_t>{2, 3, 4, 5, 6}));
  EXPECT_EQ(result.table.name, "data/songs.csv");
  const JoinReport& report = result.report;
  EXPECT_EQ(report.left, "data/songs.csv");
  EXPECT_EQ(report.right, "data/artists.csv.gz");
  EXPECT_EQ(report.on, "artist");
  EXPECT_EQ(report.n_left, 5U);
  EXPECT_EQ(report.n_right, 6U);
  EXPECT_EQ(report.n_left_matched, 3U);
  EXPECT_EQ(report.n_left_without_key, 1U);
  EXPECT_EQ(report.n_left_unmatched, 1U);
  EXPECT_EQ(report.n_right_unused, 4U) << "two more of x, the one without a key, and z";
  EXPECT_EQ(report.n_left_duplicates, 1U);
  EXPECT_EQ(report.n_right_duplicates, 2U);
  EXPECT_EQ(report.n_right_conflicting, 1U);
  EXPECT_EQ(report.n_joined, 5U);
  EXPECT_EQ(report.unmatched, std::vector<std::string>{"q"});
  EXPECT_EQ(report.conflicting, std::vector<std::string>{"x"});
  EXPECT_EQ(report.renamed, std::vector<std::string>{"id -> artists.id"});
}

TEST(JoinTest, RepeatsALeftRowForAllItsMatchesInTheirOrder) {
  const Joined result = joined(songs(), artists(), on({{"artist", "artist"}}, JoinDuplicates::kAll));
  EXPECT_EQ(rows_of(result.table), (Rows{{"1", "x", "a", "10"},
                                         {"1", "x", "a", "10"},
                                         {"1", "x", "c", "30"},
                                         {"2", "y", "b", "20"},
                                         {"3", "x", "a", "10"},
                                         {"3", "x", "a", "10"},
                                         {"3", "x", "c", "30"},
                                         {"4", "", "", ""},
                                         {"5", "q", "", ""}}));
  EXPECT_EQ(result.table.numbers, (std::vector<std::size_t>{2, 2, 2, 3, 4, 4, 4, 5, 6}));
  EXPECT_EQ(result.report.n_joined, 9U);
  EXPECT_EQ(result.report.n_left_matched, 3U) << "rows of the left table, not of the result";
  EXPECT_EQ(result.report.n_right_unused, 2U);
}

TEST(JoinTest, RefusesADuplicateKeyThatALeftRowHas) {
  EXPECT_EQ(refusal(songs(), artists(), on({{"artist", "artist"}}, JoinDuplicates::kRefuse)),
            "data/artists.csv.gz: 3 rows (2, 3, 6) have the key 'x' (artist) of row 2 of data/songs.csv; "
            "`join_duplicates` refuse allows only one");
  const TextTable one = table_of("one.csv", {"artist"}, {{"y"}, {"q"}});
  const Joined result = joined(one, artists(), on({{"artist", "artist"}}, JoinDuplicates::kRefuse));
  EXPECT_EQ(rows_of(result.table), (Rows{{"y", "b", "20"}, {"q", "", ""}})) << "nobody needs x";
  Rows many(7, {"k"});
  const std::string why =
      refusal(table_of("l", {"k"}, {{"k"}}), table_of("r", {"k"}, many), on({{"k", "k"}}, JoinDuplicates::kRefuse));
  EXPECT_NE(why.find("7 rows (2, 3, 4, 5, 6, …)"), std::string::npos) << why;
}

TEST(JoinTest, RefusesRowsWithoutAMatchWhereTheyAreNotKept) {
  TextTable left = songs();
  left.numbers = {2, 3, 5, 6, 8};
  left.refused = {{4, {Stage::kCatalogue, FailureKind::kBadRow, "bad", Action::kSkip}},
                  {7, {Stage::kCatalogue, FailureKind::kBadRow, "bad", Action::kSkip}}};
  const Joined result = joined(left, artists(), on({{"artist", "artist"}}, JoinDuplicates::kFirst, false));
  EXPECT_EQ(rows_of(result.table), (Rows{{"1", "x", "a", "10"}, {"2", "y", "b", "20"}, {"3", "x", "a", "10"}}));
  EXPECT_EQ(result.table.numbers, (std::vector<std::size_t>{2, 3, 5}));
  EXPECT_EQ(result.report.n_joined, 3U);
  std::vector<std::size_t> numbers;
  for (const RefusedRow& refused : result.table.refused) numbers.push_back(refused.number);
  ASSERT_EQ(numbers, (std::vector<std::size_t>{4, 6, 7, 8}));
  EXPECT_EQ(result.table.refused[1].failure.kind, FailureKind::kMissing);
  EXPECT_EQ(result.table.refused[1].failure.detail,
            "row 6 of data/songs.csv: the key that joins it to data/artists.csv.gz is empty (artist)");
  EXPECT_EQ(result.table.refused[3].failure.detail,
            "row 8 of data/songs.csv: no row of data/artists.csv.gz matches it (artist)");
}

TEST(JoinTest, ComparesKeysWithoutBlanksAndListsByTheirFirstElement) {
  const TextTable right = table_of("r.csv", {"k", "v"},
                                   {{" a1 ", "1"},
                                    {"O'Brien", "2"},
                                    {"back\\slash", "3"},
                                    {"17", "4"},
                                    {"[Intro]", "5"},
                                    {"['x' y]", "6"},
                                    {"7]", "7"},
                                    {"A1", "8"},
                                    {"say \"hi\"", "9"}});
  const TextTable left = table_of("l.csv", {"k"},
                                  {{"['a1', 'b2']"},
                                   {"[\"a1\",\"b2\"]"},
                                   {" [ 'a1' ] "},
                                   {"[\"O'Brien\"]"},
                                   {"['O\\'Brien', 'x']"},
                                   {"['back\\\\slash']"},
                                   {"[17, 18]"},
                                   {"[Intro]"},
                                   {"['x' y]"},
                                   {"a1;b2"},
                                   {"[]"},
                                   {"['']"},
                                   {"a1\t"},
                                   {"A1"},
                                   {"['a1"},
                                   {"[\"say \\\"hi\\\"\"]"}});
  const Joined result = joined(left, right, on({{"k", "k"}}));
  std::vector<std::string> values;
  for (std::size_t row = 0; row < result.table.n_rows(); ++row) values.emplace_back(result.table.columns[1].at(row));
  EXPECT_EQ(values,
            (std::vector<std::string>{"1", "1", "1", "2", "2", "3", "4", "5", "6", "", "", "", "1", "8", "", "9"}));
  EXPECT_EQ(result.report.n_left_without_key, 2U);
  EXPECT_EQ(result.report.unmatched, (std::vector<std::string>{"a1;b2", "['a1"}));
}

TEST(JoinTest, JoinsOnSeveralKeysInTheirOrder) {
  const TextTable left = table_of("l", {"a", "b"}, {{"1", "2"}, {"2", "1"}, {"12", ""}, {"", "12"}, {"1", "3"}});
  const TextTable right =
      table_of("r", {"y", "x", "v"}, {{"2", "1", "one-two"}, {"1", "2", "two-one"}, {"", "12", "no"}});
  const Joined result = joined(left, right, on({{"a", "x"}, {"b", "y"}}));
  EXPECT_EQ(rows_of(result.table),
            (Rows{{"1", "2", "one-two"}, {"2", "1", "two-one"}, {"12", "", ""}, {"", "12", ""}, {"1", "3", ""}}));
  EXPECT_EQ(result.report.on, "a = x, b = y");
  EXPECT_EQ(result.report.n_left_without_key, 2U) << "one empty cell is enough";
  EXPECT_EQ(result.report.unmatched, std::vector<std::string>{"1, 3"});
}

TEST(JoinTest, GivesEveryColumnANameOfItsOwn) {
  const TextTable left = table_of("l", {"k", "v", "r.v_2", "w"}, {{"1", "a", "b", "c"}});
  const TextTable right = table_of("/x/r.csv", {"k", "v", "r.v", "w"}, {{"1", "d", "e", "f"}});
  const Joined result = joined(left, right, on({{"k", "k"}}));
  EXPECT_EQ(result.table.header.size(), 7U);
  EXPECT_EQ(result.table.header[5], "r.v") << "a name that is free stays";
  EXPECT_EQ(result.table.header[6], "r.w");
  EXPECT_EQ(result.table.header[4], "r.v_3") << "the left table has r.v_2, the right one r.v";
  EXPECT_EQ(rows_of(result.table), (Rows{{"1", "a", "b", "c", "d", "e", "f"}}));
}

TEST(JoinTest, ReplacesAKeyOfAnotherNameAndKeepsTheLeftOne) {
  const TextTable left = table_of("l", {"id"}, {{"['7']"}});
  const TextTable right = table_of("r", {"artist_id", "id"}, {{"7", "z"}});
  const Joined result = joined(left, right, on({{"id", "artist_id"}}));
  EXPECT_EQ(result.table.header, (std::vector<std::string>{"id", "r.id"}));
  EXPECT_EQ(rows_of(result.table), (Rows{{"['7']", "z"}})) << "cells stay as they were read";
}

TEST(JoinTest, JoinsRowByRowWithoutKeys) {
  const TextTable left = table_of("l.csv", {"a"}, {{"1"}, {"1"}, {""}});
  const TextTable right = table_of("r.csv", {"a", "b"}, {{"x", "4"}, {"x", "5"}, {"", "6"}});
  const Joined result = joined(left, right, on({}));
  EXPECT_EQ(result.table.header, (std::vector<std::string>{"a", "r.a", "b"}));
  EXPECT_EQ(rows_of(result.table), (Rows{{"1", "x", "4"}, {"1", "x", "5"}, {"", "", "6"}}));
  EXPECT_EQ(result.report.n_left_matched, 3U);
  EXPECT_EQ(result.report.n_right_duplicates, 0U);
  EXPECT_EQ(result.report.n_right_unused, 0U);
  EXPECT_EQ(sentences(result.report)[0], "r.csv joined to l.csv row by row: 3 of 3 rows matched (100 %)");
  const TextTable shorter = table_of("s.csv", {"b"}, {{"4"}, {"5"}});
  EXPECT_EQ(refusal(left, shorter, on({})),
            "l.csv has 3 rows and s.csv has 2: a join row by row, without keys, needs as many on both sides");
}

TEST(JoinTest, ARefusedRowDoesNotShiftTheOthersOfAJoinRowByRow) {
  const Failure bad{Stage::kCatalogue, FailureKind::kBadRow, "bad", Action::kSkip};
  TextTable left = table_of("l", {"a"}, {{"1"}, {"3"}, {"4"}});
  left.numbers = {2, 4, 5};
  left.refused = {{3, bad}};
  TextTable right = table_of("r", {"b"}, {{"one"}, {"two"}, {"four"}});
  right.numbers = {1, 2, 4};  // JSON Lines: no header
  right.refused = {{3, bad}};
  const Joined result = joined(left, right, on({}));
  EXPECT_EQ(rows_of(result.table), (Rows{{"1", "one"}, {"3", ""}, {"4", "four"}}));
  EXPECT_EQ(result.report.n_left_matched, 2U);
  EXPECT_EQ(result.report.n_left_unmatched, 1U);
  EXPECT_EQ(result.report.n_right_unused, 1U);
  EXPECT_EQ(result.report.unmatched, std::vector<std::string>{"row 4"});
  right.refused.clear();
  EXPECT_NE(refusal(left, right, on({})), "") << "4 rows and 3";
}

TEST(JoinTest, NamesTheColumnsATableHasWhereAKeyIsMissing) {
  EXPECT_EQ(refusal(songs(), artists(), on({{"name", "artist"}})),
            "data/songs.csv: no column 'name' to join on; it has: id, artist");
  EXPECT_EQ(refusal(songs(), artists(), on({{"artist", "Artist"}})),
            "data/artists.csv.gz: no column 'Artist' to join on; it has: artist, id, fans");
  std::vector<std::string> header;
  for (int i = 0; i < 100; ++i) header.push_back("c" + std::to_string(i));
  const std::string why = refusal(table_of("wide", header, {}), artists(), on({{"x", "artist"}}));
  EXPECT_TRUE(why.ends_with("c39 and 60 more")) << why;
}

TEST(JoinTest, TakesTablesWithoutRowsOnEitherSide) {
  const TextTable no_songs = table_of("s", {"id", "artist"}, {});
  const TextTable no_artists = table_of("a", {"artist", "fans"}, {});
  const Joined nothing = joined(no_songs, artists(), on({{"artist", "artist"}}));
  EXPECT_EQ(nothing.table.n_rows(), 0U);
  EXPECT_EQ(nothing.table.columns.size(), 4U);
  EXPECT_EQ(nothing.report.n_right_unused, 6U);
  EXPECT_EQ(sentences(nothing.report)[0], "artists.csv.gz joined to s on artist: 0 of 0 rows matched");
  const Joined all = joined(songs(), no_artists, on({{"artist", "artist"}}));
  EXPECT_EQ(all.report.n_left_unmatched, 4U);
  EXPECT_EQ(all.table.n_rows(), 5U);
  EXPECT_EQ(joined(no_songs, no_artists, on({})).table.n_rows(), 0U);
  const TextTable keys_only = table_of("k", {"artist"}, {{"x"}, {"x"}});
  EXPECT_EQ(joined(songs(), keys_only, on({{"artist", "artist"}})).report.n_right_conflicting, 0U);
}

TEST(JoinTest, RefusesToMultiplyRowsBeyondAHundredMillion) {
  const TextTable left = table_of("l", {"k"}, Rows(10'001, {"same"}));
  const TextTable right = table_of("r", {"k", "v"}, Rows(10'000, {"same", "1"}));
  EXPECT_EQ(refusal(left, right, on({{"k", "k"}}, JoinDuplicates::kAll)),
            "r joined to l on k gives 100010000 rows, more than 100000000: the keys are repeated on both sides; remove "
            "repeated keys, or choose another key");
  EXPECT_EQ(joined(left, right, on({{"k", "k"}})).report.n_joined, 10'001U);
}

}  // namespace join_test
}  // namespace hitscope::ingest::tables
