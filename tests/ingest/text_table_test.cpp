#include "ingest/tables/text_table.h"

#include <gtest/gtest.h>

#include "ingest/tables/text_encoding.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace text_table_test {

using Cells = std::vector<std::string>;

class TextTableTest : public testing::Test {
 protected:
  TextTable read(const std::string& bytes, const TextTableOptions& options = {}, const std::string& name = "t.csv") {
    auto table = read_text_table(folder_.write(name, bytes), options);
    if (table) return std::move(*table);
    ADD_FAILURE() << table.error().detail;
    return {};
  }
  Failure failure(const std::string& bytes, const TextTableOptions& options = {}) {
    const auto table = read_text_table(folder_.write("t.csv", bytes), options);
    if (!table) return table.error();
    ADD_FAILURE() << "was read";
    return {};
  }
  std::string path() const { return (folder_.path() / "t.csv").string(); }

  const tests::TestFolder folder_;
};

Cells column(const TextTable& table, std::size_t place) {
  Cells cells;
  for (std::size_t row = 0; row < table.columns[place].size(); ++row) {
    cells.emplace_back(table.columns[place].at(row));
  }
  return cells;
}

constexpr TextTableOptions as(Encoding encoding) {
  return {.encoding = encoding};
}

TEST_F(TextTableTest, HoldsEveryCellByColumn) {
  const TextTable table = read("id,title\na,One\n\nb,\"Two, \"\"too\"\"\"\n,\n");
  EXPECT_EQ(table.name, path());
  EXPECT_EQ(table.header, (Cells{"id", "title"}));
  EXPECT_EQ(table.encoding, Encoding::kUtf8);
  EXPECT_EQ(table.numbers, (std::vector<std::size_t>{2, 4, 5}));
  EXPECT_EQ(column(table, 0), (Cells{"a", "b", ""}));
  EXPECT_EQ(column(table, 1), (Cells{"One", "Two, \"too\"", ""}));
  EXPECT_TRUE(table.refused.empty());
}

TEST_F(TextTableTest, HoldsATableWithoutRows) {
  const TextTable table = read("id,title\n");
  EXPECT_EQ(table.n_rows(), 0U);
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[1].size(), 0U);
}

TEST_F(TextTableTest, ReadsTabsJsonLinesAndGzip) {
  EXPECT_EQ(column(read("id\ttitle\na\tx, y\n", {}, "t.tsv"), 1), (Cells{"x, y"}));
  EXPECT_EQ(column(read(tests::gzipped("id,title\na,x\n"), {}, "t.csv.gz"), 1), (Cells{"x"}));
  std::string lines;
  for (int i = 0; i < 1001; ++i) lines += "{\"id\": \"" + std::to_string(i) + "\", \"a\": {\"b\": 1.50}}\n";
  const TextTable table = read(lines + "no\n{\"late\": 1}\n{\"id\": null}\n", {}, "t.jsonl");
  EXPECT_EQ(table.header, (Cells{"id", "a.b"}));
  ASSERT_EQ(table.n_rows(), 1003U);
  EXPECT_EQ(table.columns[0].at(1000), "1000");
  EXPECT_EQ(table.columns[1].at(1000), "1.50");
  EXPECT_EQ(table.columns[0].at(1002), "");
  EXPECT_EQ(table.numbers.back(), 1004U);
  ASSERT_EQ(table.refused.size(), 1U);
  EXPECT_EQ(table.refused[0].number, 1002U);
  EXPECT_EQ(table.n_dropped_values, 1U);
}

TEST_F(TextTableTest, RefusesRaggedRowsOneByOneWithTheReadersWords) {
  const TextTable table = read("id,title\na,b\nc\nd,e,f\ng,h\n");
  EXPECT_EQ(column(table, 0), (Cells{"a", "g"}));
  ASSERT_EQ(table.refused.size(), 2U);
  EXPECT_EQ(table.refused[0].number, 3U);
  EXPECT_EQ(table.refused[0].failure.kind, FailureKind::kBadRow);
  EXPECT_EQ(table.refused[0].failure.detail, path() + " row 3: 1 cells; the header has 2");
  EXPECT_EQ(table.refused[1].failure.detail, path() + " row 4: 3 cells; the header has 2");
}

TEST_F(TextTableTest, EndsAtALineOfOverSixteenMebibytesFromAPipe) {
  const tests::StandardInput pipe =
      tests::StandardInput::from_pipe("id,title\na,b\n" + std::string(20'000'000, 'x') + "\nc,d\n");
  const auto table = read_text_table("-", {});
  ASSERT_TRUE(table);
  EXPECT_EQ(table->name, "standard input");
  EXPECT_EQ(column(*table, 0), (Cells{"a"}));
  ASSERT_EQ(table->refused.size(), 1U);
  EXPECT_EQ(table->refused[0].number, 3U);
  EXPECT_NE(table->refused[0].failure.detail.find("larger than 16 MiB"), std::string::npos);
}

TEST_F(TextTableTest, ReadsCellsThatAreNotUtf8AsWindows1252) {
  // "Beyonc\xE9" is Latin's, "\x93 \x94 \x80" the quotes and the euro of Windows, and "\xC3\xA9" an é of UTF-8: two
  // files were put together.
  const TextTable table = read("id,n\xE4me\na,Beyonc\xE9\nb,\x93hi\x94 \x80\nc,\xC3\xA9\nd,plain\n");
  EXPECT_EQ(table.encoding, Encoding::kIso8859_1);
  EXPECT_EQ(table.header[1], "näme");
  EXPECT_EQ(column(table, 1), (Cells{"Beyoncé", "“hi” €", "é", "plain"}));
  EXPECT_EQ(column(table, 0), (Cells{"a", "b", "c", "d"}));
  EXPECT_EQ(column(read("id\n\xC3\xA9\n", as(Encoding::kIso8859_1)), 0), Cells{"Ã©"}) << "what is asked for";
}

TEST_F(TextTableTest, DecidesOnTheEncodingByTheLastCellTooAndByTheHeaderAlone) {
  std::string text = "id,title\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",é\n";
  EXPECT_EQ(read(text).encoding, Encoding::kUtf8);
  const TextTable table = read(text + "last,\xE9\n");
  EXPECT_EQ(table.encoding, Encoding::kIso8859_1);
  EXPECT_EQ(table.columns[1].at(0), "é") << "one bad cell does not spoil the others";
  EXPECT_EQ(table.columns[1].at(20'000), "é");
  EXPECT_EQ(table.encoding_reason, "row 20002, column 'title', is not valid UTF-8");
  EXPECT_EQ(read("t\xEFtle\na\n").encoding, Encoding::kIso8859_1);
  EXPECT_EQ(read("t\xEFtle\na\n").encoding_reason, "its header is not valid UTF-8");
}

TEST_F(TextTableTest, TakesCellsForThemselvesWhenItLooksForUtf8) {
  const TextTable table = read("title\n\xC3\n\xA9\n");  // together they would be an é
  EXPECT_EQ(table.encoding, Encoding::kIso8859_1);
  EXPECT_EQ(column(table, 0), (Cells{"Ã", "©"}));
}

TEST_F(TextTableTest, RefusesRowsThatAreNotUtf8WhereTheFileMustBe) {
  const std::string text = "id,title\na,é\nb,\xE9\nc\nd,x\n\xFF,\xFE\n";
  for (const auto& table : {read("\xEF\xBB\xBF" + text), read(text, as(Encoding::kUtf8))}) {
    EXPECT_EQ(table.encoding, Encoding::kUtf8);
    EXPECT_EQ(column(table, 0), (Cells{"a", "d"}));
    EXPECT_EQ(column(table, 1), (Cells{"é", "x"}));
    EXPECT_EQ(table.numbers, (std::vector<std::size_t>{2, 5}));
    ASSERT_EQ(table.refused.size(), 3U);
    EXPECT_EQ(table.refused[0].failure.detail,
              path() + " row 3: column 'title' is not valid UTF-8, but the table is read as UTF-8");
    EXPECT_EQ(table.refused[0].failure.kind, FailureKind::kBadRow);
    EXPECT_EQ(table.refused[1].number, 4U) << "the ragged row, in the file's order";
    EXPECT_EQ(table.refused[2].failure.detail,
              path() + " row 6: column 'id' is not valid UTF-8, but the table is read as UTF-8");
  }
  EXPECT_EQ(failure("\xEF\xBB\xBFt\xEFtle\na\n").detail,
            path() + ": its header is not valid UTF-8, but the table is read as UTF-8");
}

TEST_F(TextTableTest, ReadsAsIso88591WhereAskedWhateverTheBytesAre) {
  const TextTable table = read("title\né\n", as(Encoding::kIso8859_1));
  EXPECT_EQ(table.encoding, Encoding::kIso8859_1);
  EXPECT_EQ(column(table, 0), (Cells{"Ã©"}));
}

TEST_F(TextTableTest, ReadsUtf16OfEitherOrder) {
  const std::string utf8 = "id,title\n1,\xC3\x89lan \xF0\x9F\x8E\xB5\n";
  const std::u16string text = u"id,title\n1,\u00C9lan \U0001F3B5\n";
  for (const bool is_big : {false, true}) {
    for (const bool has_mark : {true, false}) {
      std::string bytes;
      for (const char16_t unit : has_mark ? u"\uFEFF" + text : text) {
        const char low = static_cast<char>(unit & 0xFF);
        const char high = static_cast<char>(unit >> 8U);
        bytes += is_big ? std::string{high, low} : std::string{low, high};
      }
      const TextTable table = read(bytes);
      EXPECT_EQ(table.header, (Cells{"id", "title"}));
      EXPECT_EQ(column(table, 1), Cells{"\xC3\x89lan \xF0\x9F\x8E\xB5"});
      EXPECT_EQ(table.description, "UTF-16");
      EXPECT_EQ(read(bytes + "\xD8").n_rows(), 1U) << "an odd byte at the end";
    }
  }
  std::string many;  // more than a block
  for (int i = 0; i < 100'000; ++i) many += "row " + std::to_string(i) + "\n";
  std::string wide = "\xFF\xFE";
  for (const char c : "id\n" + many) wide += std::string{c, '\0'};
  const TextTable table = read(wide);
  ASSERT_EQ(table.n_rows(), 100'000U);
  EXPECT_EQ(table.columns[0].at(99'999), "row 99999");
}

TEST_F(TextTableTest, RefusesATableOfWhichMoreRowsAreRefusedThanRead) {
  EXPECT_EQ(read("id,title\na,b\nc\n").n_rows(), 1U);
  EXPECT_EQ(failure("id,title\na,b\nc\nd\n").detail,
            path() + ": 2 of 3 rows cannot be read, more than the rest; the first: " + path() +
                " row 3: 1 cells; the header has 2");
}

TEST_F(TextTableTest, RefusesTwoColumnsOfOneNameAndSaysWhere) {
  const Failure why = failure("id,title,year,title\na,b,c,d\n");
  EXPECT_EQ(why.kind, FailureKind::kBadFile);
  EXPECT_EQ(why.detail, path() + ": columns 2 and 4 are both named 'title'; names must be unique");
}

TEST_F(TextTableTest, NamesColumnsWithoutANameByTheirPlace) {
  EXPECT_EQ(read(",id,\n0,a,b\n").header, (Cells{"column-1", "id", "column-3"}));
  EXPECT_EQ(failure(",column-1\na,b\n").detail,
            path() + ": columns 1 and 2 are both named 'column-1'; names must be unique");
}

TEST_F(TextTableTest, PassesOnWhatCannotBeOpened) {
  EXPECT_FALSE(read_text_table(folder_.path() / "absent.csv", {}));
  EXPECT_EQ(failure("").detail, path() + ": is empty; its first row must name the columns");
}

TEST(TextEncodingTest, ConvertsEveryByteOfWindows1252) {
  EXPECT_EQ(utf8_from_windows_1252("a\x7F"), "a\x7F");
  EXPECT_EQ(utf8_from_windows_1252("\x80\x85\x8A\x91\x96\x9F\xA0\xFF"), "€…Š‘–Ÿ\u00A0ÿ");
  EXPECT_EQ(utf8_from_windows_1252("\x81\x8D\x8F\x90\x9D"), "\xC2\x81\xC2\x8D\xC2\x8F\xC2\x90\xC2\x9D");
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_TRUE(is_utf8(utf8_from_windows_1252(std::string(1, static_cast<char>(byte))))) << byte;
  }
}

TEST(TextEncodingTest, KnowsUtf8) {
  for (const char* good : {"", "plain", "é", "愛", "😀", "aé愛😀z"}) EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\xE9", "\xE6\x84"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
  EXPECT_TRUE(is_ascii("12345678abc"));
  EXPECT_FALSE(is_ascii("12345678\xE9"));
  EXPECT_FALSE(is_ascii("1234567\xE9"));
}

TEST_F(TextTableTest, RefusesMoreCellsThanAreAllowed) {
  TextTableOptions options;
  options.max_cells = 6;
  EXPECT_EQ(read("a,b\n1,2\n3,4\n5,6\n", options).n_rows(), 3U);
  options.max_cells = 5;
  EXPECT_EQ(failure("a,b\n1,2\n3,4\n5,6\n", options).detail,
            path() + ": row 4 of 2 columns makes more cells than `max_cells` allows");
}

}  // namespace text_table_test
}  // namespace hitscope::ingest::tables
