#include "ingest/tables/typed_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace typed_table_test {

TextTable read(const std::string& text) {
  const tests::TestFolder folder;
  auto table = read_text_table(folder.write("t.csv", text), {});
  if (table) return std::move(*table);
  ADD_FAILURE() << table.error().detail;
  return {};
}

TypedTable typed_by_itself(const std::string& text) {
  TextTable table = read(text);
  const TableSchema schema = infer_schema(table);
  return typed(std::move(table), schema);
}

std::string lines(std::size_t n, const std::string& line) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += line + "\n";
  return text;
}

TEST(TypedTableTest, AnAlbumCalledQuestionMarkIsNotMissing) {
  const TypedTable table = typed_by_itself("album,n\n?,1\n-,?\nNone,-\nLow,2\n");
  EXPECT_EQ(table.columns[0].missing, (std::vector<bool>{false, false, true, false}));
  EXPECT_EQ(table.columns[0].cell(0), "?");
  EXPECT_EQ(table.columns[1].missing, (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(table.columns[1].n_lost, 0U);
}

TEST(TypedTableTest, HoldsNumbersAsNumbersAndTextsAsTexts) {
  const TypedTable table =
      typed_by_itself("id,n,when,ok,none\n a ,\"1,234\",1970-01-03, yes ,\nNA,NA,?,,-\nb,5,1970-01-01,NO,\n");
  ASSERT_EQ(table.columns.size(), 5U);
  EXPECT_EQ(table.n_rows(), 3U);
  EXPECT_EQ(table.numbers, (std::vector<std::size_t>{2, 3, 4}));
  EXPECT_EQ(table.header(), (std::vector<std::string>{"id", "n", "when", "ok", "none"}));
  const TypedColumn& id = table.columns[0];
  EXPECT_FALSE(id.is_numeric());
  EXPECT_EQ(id.text.at(0), " a ") << "as it was read";
  EXPECT_EQ(id.cell(0), "a");
  EXPECT_EQ(id.cell(1), "");
  EXPECT_EQ(id.missing, (std::vector<bool>{false, true, false}));
  for (const auto& [column, first, last] : {std::tuple{1, 1234.0, 5.0}, {2, 2.0, 0.0}, {3, 1.0, 0.0}}) {
    const TypedColumn& got = table.columns[static_cast<std::size_t>(column)];
    ASSERT_EQ(got.numbers.size(), 3U);
    EXPECT_EQ(got.numbers[0], first);
    EXPECT_TRUE(std::isnan(got.numbers[1]));
    EXPECT_EQ(got.numbers[2], last);
    EXPECT_EQ(got.n_missing, 1U);
    EXPECT_EQ(got.n_lost, 0U);
  }
  EXPECT_EQ(table.columns[4].schema.type, ColumnType::kEmpty);
  EXPECT_EQ(table.columns[4].n_missing, 3U);
  EXPECT_EQ(table.find("when"), 2U);
  EXPECT_EQ(table.find("When"), std::nullopt);
}

TEST(TypedTableTest, CountsEveryCellThatLosesItsValue) {
  std::string text = "n\n" + lines(400, "1");
  for (const char* cell : {"one", "inf", "one", "1e999", "∞", "two", "three", "four"}) text += std::string(cell) + "\n";
  const TypedTable table = typed_by_itself(text);
  const TypedColumn& column = table.columns[0];
  ASSERT_EQ(column.schema.type, ColumnType::kNumber);
  EXPECT_EQ(column.n_lost, 8U);
  EXPECT_EQ(column.n_missing, 8U);
  ASSERT_EQ(column.lost.size(), 5U) << "the first five with different texts";
  EXPECT_EQ(column.lost[0].row_number, 402U);
  EXPECT_EQ(column.lost[0].text, "one");
  EXPECT_EQ(column.lost[2].text, "1e999");
  EXPECT_EQ(column.lost[4].text, "two");
  EXPECT_TRUE(column.missing[400]);
  EXPECT_TRUE(std::isnan(column.numbers[400]));
  EXPECT_EQ(column.cell(400), "") << "empty where it is missing";
  EXPECT_EQ(column.text.at(400), "one") << "but not forgotten";
}

TEST(TypedTableTest, ShortensLostCellsByWholeCharacters) {
  std::string cell = "x";
  for (int i = 0; i < 60; ++i) cell += "é";
  const TypedTable table = typed_by_itself("n\n" + lines(30, "1") + cell + "\n");
  ASSERT_EQ(table.columns[0].lost.size(), 1U);
  EXPECT_EQ(table.columns[0].lost[0].text, cell.substr(0, 79));
}

TEST(TypedTableTest, AppliesAGivenSchemaWhateverTheCellsAre) {
  TextTable text = read("a,b,c\n1,007,x\nno,8,\n");
  TableSchema schema = infer_schema(text);
  schema.missing_marks = {"no"};
  schema.columns[0].type = ColumnType::kText;
  schema.columns[1].type = ColumnType::kNumber;
  schema.columns[2].type = ColumnType::kEmpty;
  const TypedTable table = typed(std::move(text), schema);
  EXPECT_EQ(table.columns[0].cell(0), "1");
  EXPECT_TRUE(table.columns[0].missing[1]);
  EXPECT_EQ(table.columns[1].numbers, (std::vector<double>{7, 8}));
  EXPECT_EQ(table.columns[2].n_lost, 1U) << "a column that is called empty but is not";
}

TEST(TypedTableTest, HoldsATableWithoutRows) {
  const TypedTable table = typed_by_itself("a,b\n");
  EXPECT_EQ(table.n_rows(), 0U);
  EXPECT_EQ(table.columns[1].schema.type, ColumnType::kEmpty);
  EXPECT_EQ(described(table).size(), 3U);
}

TEST(TypedTableTest, KeepsWhatWasRefused) {
  const TypedTable table = typed_by_itself("a,b\n1\n1,2\n");
  EXPECT_EQ(table.n_rows(), 1U);
  ASSERT_EQ(table.refused.size(), 1U);
  EXPECT_EQ(table.refused[0].number, 2U);
}

TEST(TypedTableTest, ThrowsWhereTheSchemaIsAnotherTables) {
  const TextTable text = read("a,b\n1,2\n");
  TableSchema schema = infer_schema(text);
  schema.columns[1].name = "c";
  EXPECT_THROW(typed(text, schema), std::invalid_argument);
  schema.columns.pop_back();
  EXPECT_THROW(typed(text, schema), std::invalid_argument);
}

TEST(TypedTableTest, DescribesEveryColumnOnOneLine) {
  std::string rows;
  for (int i = 0; i < 1200; ++i) {
    rows += std::to_string(i) + ",\"" + std::to_string(i % 3 + 1) + ",000\",a" + std::to_string(i % 4) + ",1999-05-" +
            (i % 2 == 0 ? "12" : "01") + ",\n";
  }
  const TypedTable table = typed_by_itself("i,n,t,d,e\n" + rows + "oops,NA,\"b\nb\",1999-06-01,\n");
  using Lines = std::vector<std::vector<std::string>>;
  EXPECT_EQ(described(table), (Lines{{"column", "type", "missing", "distinct", "values", "unreadable"},
                                     {"i", "number", "1", "over 1000", "0 to 1199", "1: 'oops' (row 1202)"},
                                     {"n", "number, thousands ,", "1", "3", "1000 to 3000", ""},
                                     {"t", "text", "0", "5", "a0; a1; a2", ""},
                                     {"d", "date %Y-%m-%d", "0", "3", "1999-05-01 to 1999-06-01", ""},
                                     {"e", "empty", "1201", "0", "", ""}}));
}

class RealTableTest : public testing::Test {
 protected:
  static std::string path_of(const std::string& file) {
    const char* folder = std::getenv("HITSCOPE_DATA");
    return std::string(folder == nullptr ? HITSCOPE_DATA_DEFAULT : folder) + "/" + file;
  }
  static TypedTable table_of(const std::string& file) {
    auto table = read_text_table(path_of(file), {});
    if (!table) {
      ADD_FAILURE() << table.error().detail;
      return {};
    }
    const TableSchema schema = infer_schema(*table);
    return typed(std::move(*table), schema);
  }
  static double sum(const TypedTable& table, const std::string& name) {
    double total = 0.0;
    for (const double value : table.columns[table.find(name).value()].numbers) total += std::isnan(value) ? 0.0 : value;
    return total;
  }
  static std::size_t n_present(const TypedTable& table, const std::string& name) {
    return table.n_rows() - table.columns[table.find(name).value()].n_missing;
  }
};

#define NEED_DATA(file) \
  if (!std::filesystem::exists(path_of(file))) GTEST_SKIP() << path_of(file) << " is not there"

TEST_F(RealTableTest, ReadsTheMostStreamedSongsAsPandasDoes) {
  NEED_DATA("most_streamed_2024/top_songs.csv");
  const TypedTable table = table_of("most_streamed_2024/top_songs.csv");
  EXPECT_EQ(table.encoding, Encoding::kIso8859_1);
  EXPECT_EQ(table.n_rows(), 4600U);
  EXPECT_TRUE(table.refused.empty());
  for (const TypedColumn& column : table.columns) {
    const std::string& name = column.schema.name;
    const bool is_text = name == "Track" || name == "Album Name" || name == "Artist" || name == "ISRC";
    EXPECT_EQ(column.schema.type, is_text                      ? ColumnType::kText
                                  : name == "Release Date"     ? ColumnType::kDate
                                  : name == "TIDAL Popularity" ? ColumnType::kEmpty
                                                               : ColumnType::kNumber)
        << name;
    EXPECT_EQ(column.n_lost, 0U) << name;
  }
  EXPECT_EQ(table.columns[3].schema.date_format, "%m/%d/%Y");
  // pandas 1.5: read_csv(..., encoding="latin1", thousands=","), then .sum() and .notna().sum() of each column; whole
  // numbers below 2^53 are exact. Days: (to_datetime(..., format="%m/%d/%Y") - Timestamp(0)).dt.days.sum().
  for (const auto& [name, total, present] : {std::tuple{"All Time Rank", 10537119.0, 4600U},
                                             {"Spotify Streams", 2007426881265.0, 4487U},
                                             {"Spotify Playlist Count", 269040459.0, 4530U},
                                             {"Spotify Popularity", 241052.0, 3796U},
                                             {"YouTube Views", 1728803560783.0, 4292U},
                                             {"TikTok Views", 4202230041408.0, 3619U},
                                             {"AirPlay Spins", 226180821.0, 4102U},
                                             {"SiriusXM Spins", 637442.0, 2477U},
                                             {"Pandora Streams", 299321718299.0, 3494U},
                                             {"Soundcloud Streams", 18812375984.0, 1267U},
                                             {"Shazam Counts", 10174765191.0, 4023U},
                                             {"TIDAL Popularity", 0.0, 0U},
                                             {"Explicit Track", 1651.0, 4600U},
                                             {"Release Date", 85809896.0, 4600U}}) {
    EXPECT_EQ(sum(table, name), total) << name;
    EXPECT_EQ(n_present(table, name), present) << name;
  }
  EXPECT_NEAR(sum(table, "Track Score"), 192482.6, 1e-6);
}

TEST_F(RealTableTest, ReadsTheSpotifyTables) {
  NEED_DATA("spotify_songs_20k/tracks.csv");
  // Sums by Python: sum(map(decimal.Decimal, column)).
  const TypedTable tracks = table_of("spotify_songs_20k/tracks.csv");
  EXPECT_EQ(tracks.n_rows(), 19999U);
  EXPECT_EQ(tracks.encoding, Encoding::kUtf8);
  EXPECT_EQ(sum(tracks, "song_popularity"), 929569.0);
  EXPECT_EQ(sum(tracks, "song_duration_ms"), 4271145022.0);
  EXPECT_NEAR(sum(tracks, "loudness"), -146196.121, 1e-6);
  const TypedTable songs = table_of("spotify_songs_19k/song_data.csv");
  EXPECT_EQ(songs.n_rows(), 18835U);
  EXPECT_EQ(songs.columns[0].schema.type, ColumnType::kText);
  for (std::size_t i = 1; i < songs.columns.size(); ++i) {
    EXPECT_EQ(songs.columns[i].schema.type, ColumnType::kNumber) << songs.columns[i].schema.name;
    EXPECT_EQ(songs.columns[i].n_missing, 0U);
  }
  EXPECT_NEAR(sum(songs, "tempo"), 2280412.861, 1e-6);
  const TypedTable info = table_of("spotify_songs_19k/song_info.csv");
  EXPECT_EQ(info.n_rows(), 18835U);
  for (const TypedColumn& column : info.columns) EXPECT_EQ(column.schema.type, ColumnType::kText);
}

}  // namespace typed_table_test
}  // namespace hitscope::ingest::tables
