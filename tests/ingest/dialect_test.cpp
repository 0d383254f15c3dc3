#include "ingest/tables/dialect.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace dialect_test {

using Cells = std::vector<std::string>;

Dialect dialect_of(const std::string& sample, std::optional<char> given = {}, std::optional<char> likely = {}) {
  const auto dialect = sniffed_dialect(sample, {given, likely});
  if (!dialect) ADD_FAILURE() << dialect.error();
  return dialect.value_or(Dialect());
}

TEST(DialectTest, TheDelimiterGivesEveryRowTheCellsOfTheHeader) {
  EXPECT_EQ(dialect_of("a,b,c\n1,2,3\n").delimiter, ',');
  EXPECT_EQ(dialect_of("a\tb\tc\n1,5\t2\t3\n").delimiter, '\t');
  EXPECT_EQ(dialect_of("a;b;c\n1,5;2,5;3,5\n").delimiter, ';') << "decimal commas";
  EXPECT_EQ(dialect_of("a|b\nx, y|z; w\n").delimiter, '|');
  EXPECT_EQ(dialect_of("a,b\tc\n1,2\t3\n", {}, '\t').delimiter, '\t') << "the name decides";
  EXPECT_EQ(dialect_of("title\n").delimiter, ',');
  EXPECT_EQ(dialect_of("a;b\n1;2\n", ',').delimiter, ',') << "what is given is taken";
  EXPECT_EQ(dialect_of("a,b,c,d\n1,\"x;y\",3,4\n").delimiter, ',');
}

TEST(DialectTest, WhatFitsTwiceIsSaid) {
  const auto both = sniffed_dialect("a,b;c\n1,2;3\n", {});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error(), "its cells may be separated by commas (2 columns) or by semicolons (2 columns)");
  EXPECT_EQ(dialect_of("a,b,c,d;e\n1,2,3,4;5\n").delimiter, ',') << "four columns against two";
}

TEST(DialectTest, ExcelNamesItsDelimiterInTheFirstLine) {
  const Dialect dialect = dialect_of("sep=;\r\na;b\r\n1;2\r\n", {}, ',');
  EXPECT_EQ(dialect.delimiter, ';');
  EXPECT_EQ(dialect.n_skipped, 1U);
  EXPECT_EQ(dialect_of("sep=x\n1\n").n_skipped, 0U);
}

TEST(DialectTest, HeadersOfTwoLevels) {
  const Dialect three = dialect_of(",album,album,track\n,id,title,listens\ntrack_id,,,\n2,0,One,74\n3,1,Two,80\n");
  EXPECT_EQ(three.n_header_lines, 3U);
  EXPECT_EQ(column_names(three, {{"", "album", "album"}, {"", "id", "title"}, {"track_id", "", ""}}, {}),
            (Cells{"track_id", "album.id", "album.title"}));
  const Dialect four = dialect_of("feature,mfcc,mfcc\nstatistics,mean,mean\nnumber,01,02\ntrack_id,,\n2,0.1,0.2\n");
  EXPECT_EQ(four.n_header_lines, 4U) << "FMA's features.csv";
  EXPECT_EQ(
      column_names(
          four,
          {{"feature", "mfcc", "mfcc"}, {"statistics", "mean", "mean"}, {"number", "01", "02"}, {"track_id", "", ""}},
          {}),
      (Cells{"track_id", "mfcc.mean.01", "mfcc.mean.02"}));
  const auto given = sniffed_dialect("artist,track,track\n,title,url\nA,One,http://h/1\n", {.header_lines = 2});
  EXPECT_EQ(given->n_header_lines, 2U);
  EXPECT_EQ(dialect_of("a,x,x\nb,c,d\n1,2,3\n4,5,6\n").n_header_lines, 2U);
  EXPECT_EQ(dialect_of("artist,tag,tag\nA,rock,pop\nB,jazz,folk\n").n_header_lines, 1U) << "no numbers below";
  EXPECT_EQ(dialect_of("a,x,x\nb,1,2\n1,2,3\n").n_header_lines, 1U) << "numbers are no names";
}

TEST(DialectTest, LinesAboveTheHeaderAreNoHeader) {
  for (const std::string title :
       {"Exported from Rekordbox\n", "# by hand, on a Monday\n#\n", "\"sep=x\"\nMy songs\n"}) {
    const Dialect dialect = dialect_of(title + "id;title;tempo\n1;A;90\n2;B;91\n3;C;92\n");
    EXPECT_EQ(dialect.delimiter, ';') << title;
    EXPECT_EQ(dialect.n_titles, static_cast<std::size_t>(std::count(title.begin(), title.end(), '\n'))) << title;
    EXPECT_EQ(dialect.n_skipped, dialect.n_titles);
  }
  EXPECT_EQ(dialect_of("#id,title\n1,A\n2,B\n").n_titles, 0U);
  EXPECT_EQ(dialect_of("title\nA, B\nC\nD\nE, F\nG\n").n_titles, 0U) << "texts with commas";
  EXPECT_EQ(dialect_of("\"sep=;\"\nid;title\n1;A\n").delimiter, ';');
}

TEST(DialectTest, ListsAtTheEndsOfRowsHaveAColumnOfTheirOwn) {
  const Dialect lists = dialect_of("id\ttags\n1\ta\n2\ta\tb\n3\tc\td\te\n");
  EXPECT_TRUE(lists.has_lists);
  EXPECT_EQ(column_names(lists, {{"id", "tags"}}, {}), (Cells{"id", "tags", "tags.others"}));
  EXPECT_FALSE(dialect_of("id,tags\n1,a\n2,a,b\n3,c,d,e\n").has_lists) << "commas stand in texts";
  EXPECT_FALSE(dialect_of("id\ttags\n1\n2\ta\tb\n").has_lists) << "a row is too short";
}

TEST(DialectTest, NamelessColumnsAtTheEndAreLeftOutWhereTheyAreEmpty) {
  EXPECT_EQ(column_names({}, {{"a", "b", "", ""}}, {{"1", "2", "", ""}}), (Cells{"a", "b"}));
  EXPECT_EQ(column_names({}, {{"a", "b", ""}}, {{"1", "2", ""}, {"1", "2", "x"}}), (Cells{"a", "b", ""}));
  EXPECT_EQ(column_names({}, {{"", "b"}}, {{"1", "2"}}), (Cells{"", "b"}));
}

}  // namespace dialect_test
}  // namespace hitscope::ingest::tables
