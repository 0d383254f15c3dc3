#include "ingest/tables/cleaning.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hitscope::ingest::tables {
namespace cleaning_test {

using Cells = std::vector<std::string>;
using Numbers = std::vector<std::size_t>;

void add_cell(TypedColumn& column, const std::string& cell) {
  column.text.append(cell);
  const bool is_number = column.schema.type == ColumnType::kNumber;
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  const bool is_missing = cell.empty() || (is_number && end != cell.c_str() + cell.size());
  column.missing.push_back(is_missing);
  column.n_missing += is_missing ? 1 : 0;
  if (is_number) column.numbers.push_back(is_missing ? std::numeric_limits<double>::quiet_NaN() : value);
}

TypedColumn column_of(const std::string& name, ColumnType type, const Cells& cells) {
  TypedColumn column;
  column.schema.name = name;
  column.schema.type = type;
  for (const std::string& cell : cells) add_cell(column, cell);
  return column;
}
TypedColumn text(const std::string& name, const Cells& cells) {
  return column_of(name, ColumnType::kText, cells);
}
TypedColumn number(const std::string& name, const Cells& cells) {
  return column_of(name, ColumnType::kNumber, cells);
}

/// Rows are numbered from 2.
TypedTable table_of(std::vector<TypedColumn> columns) {
  TypedTable table;
  table.name = "songs.csv";
  for (std::size_t row = 0; row < columns.front().text.size(); ++row) table.numbers.push_back(row + 2);
  table.columns = std::move(columns);
  return table;
}

Cleaned cleaned(const TypedTable& table, const CleaningRules& rules) {
  auto result = clean(table, rules);
  if (!result) {
    ADD_FAILURE() << result.error().detail;
    return {};
  }
  EXPECT_EQ(result->kept.size() + result->left_out.size(), table.n_rows());
  std::size_t n_counted = 0;
  for (const CleaningCount& count : result->counts) n_counted += count.n_rows;
  EXPECT_EQ(n_counted, result->left_out.size());
  return *std::move(result);
}

std::string refusal(const TypedTable& table, const CleaningRules& rules) {
  const auto result = clean(table, rules);
  if (result) return "";
  EXPECT_EQ(result.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(result.error().action, Action::kStop);
  return result.error().detail;
}

Cells details(const Cleaned& result) {
  Cells texts;
  for (const RefusedRow& row : result.left_out) {
    EXPECT_EQ(row.failure.kind, FailureKind::kLeftOut);
    EXPECT_EQ(row.failure.stage, Stage::kCatalogue);
    texts.push_back(row.failure.detail);
  }
  return texts;
}

CleaningRules duplicates(DuplicateRule rule) {
  CleaningRules rules;
  rules.drop_duplicates = {rule};
  return rules;
}

TEST(CleaningTest, KeepsEveryRowWithoutRules) {
  const Cleaned result = cleaned(table_of({text("a", {"", "x"})}), {});
  EXPECT_EQ(result.kept, (Numbers{0, 1}));
  EXPECT_TRUE(result.counts.empty());
  EXPECT_TRUE(CleaningRules{}.empty());
  EXPECT_FALSE(duplicates(DuplicateRule::kSong).empty());
}

TEST(CleaningTest, LeavesOutRowsThatMissAValue) {
  const TypedTable table = table_of({text("artist", {"a", "", "c", "d"}), number("tempo", {"1", "2", "fast", "4"}),
                                     column_of("notes", ColumnType::kEmpty, {"", "", "", ""})});
  CleaningRules rules;
  rules.drop_missing = {"artist", "tempo"};
  const Cleaned named = cleaned(table, rules);
  EXPECT_EQ(named.kept, (Numbers{0, 3}));
  EXPECT_EQ(details(named),
            (Cells{"row 3: artist is missing (`drop_missing`)", "row 4: tempo is missing (`drop_missing`)"}));
  ASSERT_EQ(named.counts.size(), 2U);
  EXPECT_EQ(named.counts[1].rule, "tempo is missing");
  EXPECT_EQ(named.counts[1].examples, Numbers{4});
  rules.drop_missing = {"all"};
  const Cleaned all = cleaned(table, rules);
  EXPECT_EQ(all.kept, (Numbers{0, 3})) << "a column that is empty throughout is not asked for";
  ASSERT_EQ(all.counts.size(), 1U);
  EXPECT_EQ(all.counts[0].rule, "a value is missing");
  EXPECT_EQ(all.counts[0].n_rows, 2U);
  EXPECT_EQ(details(all)[1], "row 4: tempo is missing (`drop_missing`)");
  rules.drop_missing = {"notes"};
  EXPECT_TRUE(cleaned(table, rules).kept.empty()) << "asked for by name";
}

TEST(CleaningTest, TakesDurationsInMillisecondsByNameOrMedian) {
  CleaningRules rules;
  rules.min_duration_s = 30.0;
  const Cleaned by_name = cleaned(table_of({number("duration_ms", {"29999", "30000", "", "31000", "0", "-5"})}), rules);
  EXPECT_EQ(by_name.kept, (Numbers{1, 2, 3})) << "exactly 30 s is not shorter; a missing duration stays";
  EXPECT_EQ(details(by_name)[0], "row 2: duration_ms is 29999 (29.999 s), shorter than 30 s (`min_duration`)");
  EXPECT_EQ(by_name.counts[0].rule, "shorter than 30 s");
  EXPECT_EQ(cleaned(table_of({number("Duration MS", {"100", "200"})}), rules).kept.size(), 0U)
      << "the name says so, whatever the median";
  EXPECT_EQ(cleaned(table_of({number("duration", {"20000", "200000", "180000"})}), rules).kept, (Numbers{1, 2}));
  EXPECT_EQ(cleaned(table_of({number("duration", {"20", "200", "180", "5001"})}), rules).kept, (Numbers{1, 2, 3}));
  EXPECT_EQ(cleaned(table_of({number("duration", {"5000", "5000"})}), rules).kept.size(), 2U) << "not over 5,000";
  EXPECT_EQ(cleaned(table_of({number("duration", {"5001", "5001"})}), rules).kept.size(), 0U) << "5 s";
}

TEST(CleaningTest, SaysWhereADurationIsNotThereOrNoNumber) {
  CleaningRules rules;
  rules.min_duration_s = 30.0;
  EXPECT_EQ(refusal(table_of({number("tempo", {"1"})}), rules),
            "songs.csv: no duration column for `min_duration` (such as duration_ms); it has: tempo");
  EXPECT_EQ(refusal(table_of({text("duration", {"3:45"})}), rules),
            "songs.csv: column 'duration' is text, and `min_duration` needs numbers");
  EXPECT_EQ(refusal(table_of({column_of("duration", ColumnType::kEmpty, {""})}), rules),
            "songs.csv: column 'duration' is empty throughout, and `min_duration` needs numbers");
  rules.min_duration_s = 0.0;
  EXPECT_EQ(refusal(table_of({number("tempo", {"1"})}), rules), "") << "not asked for";
  rules.min_duration_s = std::nan("");
  EXPECT_THROW((void)clean(table_of({number("duration", {"1"})}), rules), std::invalid_argument);
  rules.min_duration_s = std::numeric_limits<double>::infinity();
  EXPECT_THROW((void)clean(table_of({number("duration", {"1"})}), rules), std::invalid_argument);
}

TEST(CleaningTest, LeavesOutZerosAndKeepsWhatIsMissing) {
  const TypedTable table =
      table_of({number("tempo", {"0", "120", "", "0.0", "-0", "1e-300", "0"}), text("artist", Cells(7, "a"))});
  CleaningRules rules;
  rules.drop_zero = {"tempo"};
  const Cleaned result = cleaned(table, rules);
  EXPECT_EQ(result.kept, (Numbers{1, 2, 5}));
  EXPECT_EQ(result.counts[0].rule, "tempo is 0");
  EXPECT_EQ(result.counts[0].n_rows, 4U);
  EXPECT_EQ(result.counts[0].examples, (Numbers{2, 5, 6})) << "three of four";
  EXPECT_EQ(details(result)[0], "row 2: tempo is 0 (`drop_zero`)");
  rules.drop_zero = {"artist"};
  EXPECT_EQ(refusal(table, rules), "songs.csv: column 'artist' is text, and `drop_zero` needs numbers");
  rules.drop_zero = {"key"};
  EXPECT_EQ(refusal(table, rules), "songs.csv: no column 'key' (`drop_zero`); it has: tempo, artist");
  rules.drop_zero = {};
  rules.drop_missing = {"Tempo"};
  EXPECT_EQ(refusal(table, rules), "songs.csv: no column 'Tempo' (`drop_missing`); it has: tempo, artist");
}

TEST(CleaningTest, TakesRowsForTheSameWhereEveryCellIsButTheId) {
  const TypedTable table = table_of({text("track_id", {"1", "2", "3", "4", "5", "6", "7", "8"}),
                                     text("artist", {"a", "a ", "b", "a", "", "", "", ""}),
                                     number("tempo", {"1", "1", "1", "1.0", "fast", "slow", "", ""})});
  const Cleaned result = cleaned(table, duplicates(DuplicateRule::kExact));
  EXPECT_EQ(result.kept, (Numbers{0, 2, 3, 4, 5, 6, 7}))
      << "1.0 is another text than 1; lost values differ; rows without any value say nothing";
  EXPECT_EQ(details(result), Cells{"row 3: same cells as row 2 (`drop_duplicates` exact)"});
  EXPECT_EQ(cleaned(table_of({text("track_id", {"1", "2"})}), duplicates(DuplicateRule::kExact)).kept.size(), 2U)
      << "nothing to compare";
  EXPECT_EQ(cleaned(table_of({text("isrc", {"1", "2", "2"}), text("artist", {"a", "a", "a"})}),
                    duplicates(DuplicateRule::kExact))
                .kept,
            (Numbers{0, 1}))
      << "other recordings, even where the ISRC serves as the id";
  EXPECT_EQ(cleaned(table_of({text("a", {"1", "12", "x", ""}), text("b", {"23", "3", "", "x"})}),
                    duplicates(DuplicateRule::kExact))
                .kept.size(),
            4U)
      << "cells do not run into each other";
}

TEST(CleaningTest, TakesSongsForTheSameByArtistAndTitle) {
  const TypedTable table =
      table_of({text("Singer", {"Beyoncé", "beyonce; JAY-Z", "Beyoncé", "", "", "Jay-Z", "???"}),
                text("title", {"Halo", "HALO - Live (2011)", "Hello", "Halo", "Halo", "", "Halo"})});
  CleaningRules rules = duplicates(DuplicateRule::kSong);
  EXPECT_EQ(refusal(table, rules),
            "songs.csv: no artist column for `drop_duplicates` song; name it with `artist_column`; it has: Singer, "
            "title");
  rules.artist_column = "Singer";
  const Cleaned result = cleaned(table, rules);
  EXPECT_EQ(result.kept, (Numbers{0, 2, 3, 4, 5, 6})) << "rows without an artist or a title stay";
  EXPECT_EQ(details(result), Cells{"row 3: same artist and title as row 2 (`drop_duplicates` song)"});
  rules.title_column = "Title";
  EXPECT_EQ(refusal(table, rules), "songs.csv: no column 'Title' (`title_column`); it has: Singer, title");
  rules = duplicates(DuplicateRule::kSong);
  EXPECT_EQ(refusal(table_of({text("artist", {"a"})}), rules),
            "songs.csv: no title column for `drop_duplicates` song; name it with `title_column`; it has: artist");
}

TEST(CleaningTest, TakesRecordingsForTheSameByIsrcAndClipsByHash) {
  const TypedTable table = table_of({text("isrc", {"USRC17607839", "us-rc1-76-07839", "", "", "bad", "bad"}),
                                     text("sha256", {"ab01", "cd", "AB01 ", "", "", "cd"})});
  const Cleaned by_isrc = cleaned(table, duplicates(DuplicateRule::kIsrc));
  EXPECT_EQ(by_isrc.kept, (Numbers{0, 2, 3, 4, 5})) << "what is no ISRC is nobody's";
  EXPECT_EQ(details(by_isrc), Cells{"row 3: same ISRC as row 2 (`drop_duplicates` isrc)"});
  const Cleaned by_clip = cleaned(table, duplicates(DuplicateRule::kClip));
  EXPECT_EQ(by_clip.kept, (Numbers{0, 1, 3, 4}));
  EXPECT_EQ(details(by_clip)[0], "row 4: same clip as row 2 (`drop_duplicates` clip)");
  const TypedTable other = table_of({text("tempo", {"1"})});
  EXPECT_EQ(refusal(other, duplicates(DuplicateRule::kIsrc)),
            "songs.csv: no ISRC column for `drop_duplicates` isrc; it has: tempo");
  EXPECT_EQ(refusal(other, duplicates(DuplicateRule::kClip)),
            "songs.csv: no clip hash column for `drop_duplicates` clip; it has: tempo");
}

TEST(CleaningTest, CountsARowForTheFirstRuleThatTakesIt) {
  const TypedTable table =
      table_of({text("artist", {"", "a", "a", "a"}), text("title", {"t", "t", "t", "t"}),
                number("tempo", {"0", "0", "1", "2"}), number("duration_ms", {"1", "1", "200000", "200000"})});
  CleaningRules rules;
  rules.drop_missing = {"artist"};
  rules.min_duration_s = 1.0;
  rules.drop_zero = {"tempo"};
  rules.drop_duplicates = {DuplicateRule::kExact, DuplicateRule::kSong};
  const Cleaned result = cleaned(table, rules);
  EXPECT_EQ(result.kept, Numbers{2}) << "row 3 was out before it could be the first of its song";
  Cells names;
  Numbers n_rows;
  for (const CleaningCount& count : result.counts) {
    names.push_back(count.rule);
    n_rows.push_back(count.n_rows);
  }
  EXPECT_EQ(names,
            (Cells{"artist is missing", "shorter than 1 s", "tempo is 0", "same cells", "same artist and title"}));
  EXPECT_EQ(n_rows, (Numbers{1, 1, 0, 0, 1}));
  EXPECT_EQ(details(result)[2], "row 5: same artist and title as row 4 (`drop_duplicates` song)");
}

TEST(CleaningTest, TakesATableWithoutRowsAndOneOfDuplicatesOnly) {
  CleaningRules rules;
  rules.drop_missing = {"all", "artist"};
  rules.min_duration_s = 30.0;
  rules.drop_zero = {"duration_ms"};
  rules.drop_duplicates = {DuplicateRule::kExact, DuplicateRule::kSong, DuplicateRule::kIsrc, DuplicateRule::kClip};
  const Cleaned empty =
      cleaned(table_of({column_of("artist", ColumnType::kEmpty, {}), column_of("title", ColumnType::kEmpty, {}),
                        column_of("isrc", ColumnType::kEmpty, {}), column_of("sha256", ColumnType::kEmpty, {}),
                        column_of("duration_ms", ColumnType::kEmpty, {})}),
              rules);
  EXPECT_EQ(empty.counts.size(), 8U);
  EXPECT_TRUE(empty.kept.empty());
  const TypedTable same = table_of({text("artist", Cells(50'000, "a")), text("title", Cells(50'000, "t"))});
  for (const DuplicateRule rule : {DuplicateRule::kExact, DuplicateRule::kSong}) {
    const Cleaned result = cleaned(same, duplicates(rule));
    EXPECT_EQ(result.kept, Numbers{0});
    EXPECT_EQ(result.counts[0].n_rows, 49'999U);
    EXPECT_EQ(result.counts[0].examples, (Numbers{3, 4, 5}));
  }
}

TEST(CleaningTest, FindsDuplicatesAmongHalfAMillionSongsInSeconds) {
  constexpr std::size_t n = 500'000;
  constexpr std::size_t n_songs = 400'000;
  std::vector<TypedColumn> columns{text("artist", {}), text("title", {})};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t song = (i * 7919) % n_songs;
    add_cell(columns[0], "The Artist No. " + std::to_string(song % 9973) + (i % 5 == 0 ? " é" : " e") + "; Another");
    add_cell(columns[1], (i % 2 == 0 ? "A Song's Title " : "a songs TITLE ") + std::to_string(song) +
                             (i % 3 == 0 ? " (feat. Someone Else)" : " - Remastered"));
  }
  const TypedTable table = table_of(std::move(columns));
  const auto start = std::chrono::steady_clock::now();
  const auto result = clean(table, duplicates(DuplicateRule::kSong));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  RecordProperty("seconds", std::to_string(seconds.count()));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->kept.size(), n_songs);
  EXPECT_LT(seconds.count(), 10.0);
}

}  // namespace cleaning_test
}  // namespace hitscope::ingest::tables
