#include "ingest/tables/table_roles.h"

#include <gtest/gtest.h>

#include "tests/support/refusals.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace table_roles_test {

TypedTable table_of(const std::string& text) {
  const tests::TestFolder folder;
  auto table = read_text_table(folder.write("t.csv", text), {});
  if (!table) throw std::runtime_error(table.error().detail);
  table->name = "t.csv";
  const TableSchema schema = infer_schema(*table);
  return typed(std::move(*table), schema);
}

const char* const kSongs =
    "track_id,artist,title,popularity,release_date,tempo,side\n"
    "a,x,one,10,2001-02-03,120,train\nb,y,two,20,2002-02-03,90,test\n";

std::string refusal(const RoleNames& names, const std::string& text = kSongs) {
  const TypedTable table = table_of(text);
  return tests::refusal_of([&] { find_roles(table, names); });
}

TEST(TableRolesTest, FindsColumnsByTheirUsualNames) {
  const TableRoles roles = find_roles(table_of(kSongs), {});
  EXPECT_EQ(roles.id, 0U);
  EXPECT_EQ(roles.artist, 1U);
  EXPECT_EQ(roles.title, 2U);
  EXPECT_EQ(roles.popularity, 3U);
  EXPECT_EQ(roles.date, 4U);
  EXPECT_EQ(roles.target, 3U) << "the popularity, where nothing else is named";
  EXPECT_EQ(roles.group, 1U) << "the artist, where nothing else is named";
  EXPECT_EQ(roles.split, std::nullopt);
  EXPECT_EQ(roles.isrc, std::nullopt);
}

TEST(TableRolesTest, TakesTheColumnsThatAreNamed) {
  const TableRoles roles = find_roles(table_of(kSongs), {.target = "tempo", .group = "title", .split = "side"});
  EXPECT_EQ(roles.target, 5U);
  EXPECT_EQ(roles.group, 2U);
  EXPECT_EQ(roles.split, 6U);
  EXPECT_EQ(roles.popularity, 3U);
}

TEST(TableRolesTest, SaysWhyAColumnIsNoFeature) {
  const TableRoles roles = find_roles(table_of(kSongs), {.target = "tempo", .split = "side"});
  EXPECT_STREQ(roles.why_no_feature(0), "the id");
  EXPECT_STREQ(roles.why_no_feature(1), "the group");
  EXPECT_STREQ(roles.why_no_feature(2), "the title");
  EXPECT_STREQ(roles.why_no_feature(3), "the outcome");
  EXPECT_STREQ(roles.why_no_feature(5), "the target");
  EXPECT_STREQ(roles.why_no_feature(6), "the split");
  EXPECT_EQ(roles.why_no_feature(4), nullptr);
}

TEST(TableRolesTest, NamesTheSettingWhoseColumnIsNotThere) {
  const std::string rest =
      " names the column 'X', which it does not have; its columns are: track_id, artist, title, "
      "popularity, release_date, tempo, side";
  EXPECT_EQ(refusal({.id = "X"}), "t.csv: `id_column`" + rest);
  EXPECT_EQ(refusal({.artist = "X"}), "t.csv: `artist_column`" + rest);
  EXPECT_EQ(refusal({.title = "X"}), "t.csv: `title_column`" + rest);
  EXPECT_EQ(refusal({.popularity = "X"}), "t.csv: `popularity_column`" + rest);
  EXPECT_EQ(refusal({.date = "X"}), "t.csv: `date_column`" + rest);
  EXPECT_EQ(refusal({.target = "X"}), "t.csv: `target`" + rest);
  EXPECT_EQ(refusal({.group = "X"}), "t.csv: `group_column`" + rest);
  EXPECT_EQ(refusal({.split = "X"}), "t.csv: `split_column`" + rest);
}

TEST(TableRolesTest, NeedsATarget) {
  EXPECT_EQ(refusal({}, "id,tempo\na,1\n"),
            "t.csv: has no popularity column; name the column to predict with `target`, or that of the popularity with "
            "`popularity_column`; its columns are: id, tempo");
  EXPECT_EQ(refusal({.target = "tempo"}, "id,tempo\na,1\n"), "");
}

TEST(TableRolesTest, TakesDatesOnlyFromColumnsOfDates) {
  EXPECT_EQ(refusal({.date = "title"}), "t.csv: `date_column` title holds no dates");
  const TypedTable table = table_of("id,popularity,release_date\na,1,some day\nb,2,never\n");
  EXPECT_EQ(find_roles(table, {}).date, std::nullopt);
}

}  // namespace table_roles_test
}  // namespace hitscope::ingest::tables
