#include "ingest/tables/table_reader.h"

#include <gtest/gtest.h>

#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace table_reader_test {

using Cells = std::vector<std::string>;
using tests::gzipped;
using tests::StandardInput;

const std::string kCommas = "id,title\na,First\nb,\"two\twords\"\n";
const std::string kTabs = "id\ttitle\na\tFirst\nb\t\"two\twords\"\n";
const std::string kObjects = "{\"id\":\"a\",\"title\":\"First\"}\n{\"id\":\"b\",\"title\":\"two\\twords\"}\n";

class TableReaderTest : public testing::Test {
 protected:
  /// Opens a table that must hold the two rows of those above.
  void expect_table(const std::filesystem::path& path, TableFormat format, TableFormat asked = TableFormat::kAuto) {
    auto reader = TableReader::open(path, {asked});
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_EQ(reader->format(), format) << path;
    EXPECT_EQ(reader->header(), (Cells{"id", "title"})) << path;
    std::vector<Cells> rows;
    while (const auto row = reader->next()) {
      ASSERT_TRUE(*row) << row->error().detail;
      EXPECT_EQ((*row)->number, reader->row_number());
      rows.push_back((*row)->cells);
    }
    EXPECT_EQ(rows, (std::vector<Cells>{{"a", "First"}, {"b", "two\twords"}})) << path;
    EXPECT_EQ(reader->row_number(), format == TableFormat::kJsonLines ? 2U : 3U);
    EXPECT_EQ(reader->n_dropped_values(), 0U);
  }

  TableFormat format_of(const std::string& text) {
    const auto reader = TableReader::open(folder_.write("table", text));
    if (!reader) {
      ADD_FAILURE() << reader.error().detail;
      return TableFormat::kAuto;
    }
    return reader->format();
  }

  const tests::TestFolder folder_;
};

TEST_F(TableReaderTest, ReadsEveryFormatByItsNameZippedOrNot) {
  for (const auto& [name, text, format] : {std::tuple{"t.csv", kCommas, TableFormat::kCsv},
                                           {"t.CSV", kCommas, TableFormat::kCsv},
                                           {"t.tsv", kTabs, TableFormat::kTsv},
                                           {"t.tab", kTabs, TableFormat::kTsv},
                                           {"t.jsonl", kObjects, TableFormat::kJsonLines},
                                           {"t.ndjson", kObjects, TableFormat::kJsonLines},
                                           {"t.json", kObjects, TableFormat::kJsonLines}}) {
    const std::string zipped_name = std::string(name) + ".gz";
    expect_table(folder_.write(name, text), format);
    expect_table(folder_.write(zipped_name, gzipped(text)), format);
    expect_table(folder_.write(name, gzipped(text)), format);
    expect_table(folder_.write(zipped_name, text), format);
  }
}

TEST_F(TableReaderTest, GoesByTheContentAndByTheNameWhereThatFitsTwo) {
  const auto csv = TableReader::open(folder_.write("t.csv", kTabs));
  ASSERT_TRUE(csv);
  EXPECT_EQ(csv->header(), (Cells{"id", "title"}));
  EXPECT_EQ(csv->description(), "separated by tabs");
  EXPECT_FALSE(TableReader::open(folder_.write("t.jsonl", kCommas)));
  EXPECT_EQ(TableReader::open(folder_.write("t.tsv", "a,b\tc\n1,2\t3\n"))->header(), (Cells{"a,b", "c"}));
  const auto path = folder_.write("t.csv", "a,b;c\n1,2;3\n4,5;6\n");
  const auto asked = TableReader::open(path);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().detail,
            path.string() +
                ": its cells may be separated by commas (2 columns) or by semicolons (2 columns); "
                "say which with `format` csv, tsv, semicolons or bars");
  EXPECT_EQ(TableReader::open(path, {TableFormat::kSemicolons})->header(), (Cells{"a,b", "c"}));
}

TEST_F(TableReaderTest, TellsTheFormatByContentWhereTheNameDoesNot) {
  for (const char* name : {"table", "t.txt", "t.gz", "t.csv.bak"}) {
    expect_table(folder_.write(name, kCommas), TableFormat::kCsv);
    expect_table(folder_.write(name, gzipped(kTabs)), TableFormat::kTsv);
    expect_table(folder_.write(name, "\xEF\xBB\xBF  " + kObjects), TableFormat::kJsonLines);
  }
  EXPECT_EQ(format_of("id\n"), TableFormat::kCsv);
  EXPECT_EQ(format_of("id\ttitle, of it\n"), TableFormat::kCsv) << "a tab and a comma";
  EXPECT_EQ(format_of("\n\nid\ttitle\na,b\tc\n"), TableFormat::kTsv) << "the first line that is not blank";
  EXPECT_EQ(format_of("\tid\ttitle\n1\ta\tb\n"), TableFormat::kTsv) << "pandas names its index column so";
  EXPECT_EQ(format_of("[id],title\n"), TableFormat::kCsv);
  EXPECT_EQ(format_of(std::string(100, 'a') + "\t" + tests::noise(1'000'000)), TableFormat::kTsv) << "one long line";
}

TEST_F(TableReaderTest, ReadsTheFormatThatIsAskedForWhateverTheName) {
  expect_table(folder_.write("t.txt", kCommas), TableFormat::kCsv, TableFormat::kCsv);
  expect_table(folder_.write("t.csv", kTabs), TableFormat::kTsv, TableFormat::kTsv);
  expect_table(folder_.write("t.csv.gz", gzipped(kObjects)), TableFormat::kJsonLines, TableFormat::kJsonLines);
}

TEST_F(TableReaderTest, ReadsStandardInputOfEveryFormatAndLosesNothingOfIt) {
  for (const auto& [text, format] :
       {std::pair{kCommas, TableFormat::kCsv}, {kTabs, TableFormat::kTsv}, {kObjects, TableFormat::kJsonLines}}) {
    for (const std::string& sent : {text, gzipped(text)}) {
      {
        const StandardInput pipe = StandardInput::from_pipe(sent);
        expect_table("-", format);
      }
      const StandardInput file = StandardInput::from_file(folder_.write("t", sent));
      expect_table("-", format);
    }
  }
}

TEST_F(TableReaderTest, NamesStandardInputInFailures) {
  {
    const StandardInput pipe = StandardInput::from_pipe("id,title\na\n");
    auto reader = TableReader::open("-");
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->next()->error().detail, "standard input row 2: 1 cells; the header has 2");
  }
  const StandardInput pipe = StandardInput::from_pipe("");
  EXPECT_EQ(TableReader::open("-").error().detail, "standard input: is empty; its first row must name the columns");
}

TEST_F(TableReaderTest, ReadsAJsonArrayByNameAndByContent) {
  for (const char* name : {"t.json", "t.jsonl", "t"}) {
    const auto path = folder_.write(name, "[\n  {\"id\": 1}\n]\n");
    auto reader = TableReader::open(path);
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_EQ(reader->header(), Cells{"id"});
    EXPECT_EQ((*reader->next())->cells, Cells{"1"});
    EXPECT_FALSE(reader->next());
  }
}

TEST_F(TableReaderTest, PassesOnThatAFileCannotBeRead) {
  const auto absent = TableReader::open(folder_.path() / "absent.jsonl");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().detail.find("cannot be opened"), std::string::npos);
  const auto damaged = TableReader::open(folder_.write("t", gzipped(kCommas).substr(0, 12)));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, FailureKind::kBadFile);
  EXPECT_NE(damaged.error().detail.find("the gzip data is damaged"), std::string::npos) << damaged.error().detail;
}

TEST_F(TableReaderTest, KnowsHowMuchItHasReadOfAFileButNotOfAPipe) {
  std::string text = "id,pad\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + "," + std::string(90, 'x') + "\n";
  for (const std::string& stored : {text, gzipped(text)}) {
    auto reader = TableReader::open(folder_.write("t.csv", stored));
    ASSERT_TRUE(reader);
    double last = reader->fraction_read();
    EXPECT_LT(last, 0.3);
    while (reader->next()) {
      ASSERT_GE(reader->fraction_read(), last);
      last = reader->fraction_read();
    }
    EXPECT_EQ(last, 1.0);
  }
  const StandardInput pipe = StandardInput::from_pipe(text);
  EXPECT_LT(TableReader::open("-")->fraction_read(), 0.0);
}

}  // namespace table_reader_test
}  // namespace hitscope::ingest::tables
