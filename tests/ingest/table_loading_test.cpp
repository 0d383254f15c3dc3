#include "ingest/tables/table_loading.h"

#include <gtest/gtest.h>

#include "ingest/files.h"
#include "tests/support/refusals.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace table_loading_test {

const ChooseColumn kNone = [](const TypedTable&) { return std::nullopt; };

class TableLoadingTest : public testing::Test {
 protected:
  TableRequest request(const std::string& text) const {
    TableRequest result;
    result.paths = {folder_.write("songs.csv", text)};
    return result;
  }
  /// What is said after the table's name, or all of it.
  std::string refusal(const TableRequest& request) const {
    std::string message = tests::refusal_of([&] { load_table(request, kNone); });
    const std::string path = request.paths.front().string();
    return message.starts_with(path) ? message.substr(path.size()) : message;
  }
  static bool holds(const std::vector<std::string>& facts, const std::string& part) {
    for (const std::string& fact : facts) {
      if (fact.find(part) != std::string::npos) return true;
    }
    return false;
  }

  const tests::TestFolder folder_;
};

TEST_F(TableLoadingTest, SaysWhatItRead) {
  const LoadedTable loaded = load_table(request("id,tempo\na,1\nb,2\n"), kNone);
  EXPECT_EQ(loaded.table.n_rows(), 2U);
  EXPECT_EQ(loaded.schema.columns[1].type, ColumnType::kNumber);
  ASSERT_EQ(loaded.facts.size(), 1U);
  EXPECT_TRUE(loaded.facts[0].ends_with("songs.csv: 2 rows, 2 columns, UTF-8")) << loaded.facts[0];
  EXPECT_EQ(loaded.cleaned.kept, (std::vector<std::size_t>{0, 1}));
}

TEST_F(TableLoadingTest, NamesTheSettingThatRefusesOtherEncodings) {
  const LoadedTable loaded = load_table(request("id,title\na,caf\xE9\n"), kNone);
  EXPECT_TRUE(holds(loaded.facts, "Windows-1252, as ")) << loaded.facts[0];
  EXPECT_TRUE(holds(loaded.facts, "; `encoding` utf-8 refuses such rows")) << loaded.facts[0];
}

TEST_F(TableLoadingTest, JoinsTables) {
  TableRequest joined = request("id,artist\na,1\nb,2\n");
  joined.joins = {folder_.write("artists.csv", "artist_id,fans\n1,10\n2,20\n")};
  joined.on = {"artist=artist_id"};
  const LoadedTable loaded = load_table(joined, kNone);
  EXPECT_EQ(loaded.table.header(), (std::vector<std::string>{"id", "artist", "fans"}));
  EXPECT_EQ(loaded.table.columns[2].numbers, (std::vector<double>{10, 20}));
}

TEST_F(TableLoadingTest, WarnsOfKeysWithDifferentRows) {
  TableRequest joined = request("id,k\na,1\nb,1\n");
  joined.joins = {folder_.write("right.csv", "k,fans\n1,10\n1,20\n")};
  joined.on = {"k"};
  const LoadedTable loaded = load_table(joined, kNone);
  EXPECT_TRUE(holds(loaded.facts, "both tables have 2 rows, so `on` row may be the right key"));
}

TEST_F(TableLoadingTest, NeedsAKeyForEveryJoin) {
  TableRequest joined = request("id,k\na,1\n");
  joined.joins = {folder_.write("right.csv", "k,fans\n1,10\n")};
  EXPECT_EQ(refusal(joined),
            "`join` was given 1 times, `on` 0 times; every `join` needs one `on` (a column, LEFT=RIGHT, or row)");
  joined.on = {"k="};
  EXPECT_EQ(refusal(joined), "`on` is 'k='; it must be COLUMN, LEFT=RIGHT, several of them with commas, or row");
}

TEST_F(TableLoadingTest, CountsCellsThatAreNotOfTheirType) {
  std::string text = "id,tempo\n";
  for (int i = 0; i < 40; ++i) text += "a" + std::to_string(i) + "," + std::to_string(i) + "\n";
  TableRequest asked = request(text + "b,fast\n");
  EXPECT_TRUE(holds(load_table(asked, kNone).facts,
                    "tempo: 1 cell cannot be read as a number and count as missing: 'fast' in row 42"));
  const ChooseColumn tempo = [](const TypedTable&) { return std::optional<std::size_t>(1); };
  EXPECT_EQ(load_table(asked, tempo).table.columns[1].cell(40), "fast") << "the column that must not lose a cell";
  asked.strict = true;
  EXPECT_EQ(refusal(asked),
            ": `strict`: tempo: 1 cell cannot be read as a number and count as missing: 'fast' in row 42");
}

TEST_F(TableLoadingTest, SaysWhatCleaningLeavesOut) {
  TableRequest asked = request("id,tempo\na,0\nb,2\n");
  asked.cleaning.drop_zero = {"tempo"};
  const LoadedTable loaded = load_table(asked, kNone);
  EXPECT_TRUE(holds(loaded.facts, "left out: 1 row, tempo is 0; the first: rows 2"));
  EXPECT_EQ(loaded.cleaned.kept, std::vector<std::size_t>{1});
}

TEST_F(TableLoadingTest, ObeysASchemaThatWasSavedAndEdited) {
  TableRequest asked = request("id,tempo\na,1\nb,2\n");
  asked.save_schema = folder_.path() / "schema.json";
  load_table(asked, kNone);
  asked.schema = folder_.write("text.json", R"({"format_version": 1, "columns": [{"name": "tempo", "type": "text"}]})");
  EXPECT_EQ(load_table(asked, kNone).schema.columns[1].type, ColumnType::kText);
  EXPECT_NE(read_text(asked.save_schema).find("tempo"), std::string::npos);
  asked.schema = folder_.path() / "none.json";
  EXPECT_EQ(refusal(asked), asked.schema.string() + ": is missing or cannot be read");
}

TEST_F(TableLoadingTest, HashesTheContentOfItsFiles) {
  TableRequest asked = request("id,tempo\na,1\n");
  const std::string before = hash_of_files(asked);
  EXPECT_EQ(before.size(), 64U);
  folder_.write("songs.csv", "id,tempo\na,2\n");
  EXPECT_NE(hash_of_files(asked), before);
  asked.paths = {"-"};
  EXPECT_EQ(hash_of_files(asked), "standard input");
}

}  // namespace table_loading_test
}  // namespace hitscope::ingest::tables
