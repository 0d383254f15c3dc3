#include "ingest/tables/schema.h"

#include <gtest/gtest.h>

#include <cmath>

namespace hitscope::ingest::tables {
namespace schema_test {

using Cells = std::vector<std::string>;

/// The schema of a column with these cells.
ColumnSchema inferred(const Cells& cells, const std::string& name = "x") {
  TextTable table;
  table.header = {name};
  table.columns.resize(1);
  for (const std::string& cell : cells) {
    table.columns[0].append(cell);
    table.numbers.push_back(table.numbers.size() + 2);
  }
  return infer_schema(table).columns.at(0);
}

ColumnSchema number(char decimal = '.', char thousands = '\0', bool percent = false) {
  return {"x", ColumnType::kNumber, decimal, thousands, percent, ""};
}
ColumnSchema date(const std::string& format, const std::string& name = "x") {
  return {name, ColumnType::kDate, '.', '\0', false, format};
}
ColumnSchema plain(ColumnType type) {
  return {"x", type, '.', '\0', false, ""};
}

Cells many(std::size_t n, const std::string& cell, const Cells& others) {
  Cells cells(n, cell);
  cells.insert(cells.end(), others.begin(), others.end());
  return cells;
}

TEST(SchemaTest, KnowsNumbersByTheirMarks) {
  for (const auto& [cells, wanted] : {std::pair{Cells{"1", "-2.5", "+3", "-1e-3"}, number()},
                                      {{"1,234", "12,345,678"}, number('.', ',')},
                                      {{"1,234", "56", "1,234.5"}, number('.', ',')},
                                      {{"1.234.567,89", "1.234"}, number(',', '.')},
                                      {{"1 234", "5"}, number('.', ' ')},
                                      {{"1\u00A0234", "5"}, number('.', ' ')},
                                      {{"1 234,5", "5"}, number(',', ' ')},
                                      {{"1'234", "5.5"}, number('.', '\'')},
                                      {{"1_000", "5.5"}, number('.', '_')},
                                      {{"12%", "5.5 %", "7"}, number('.', '\0', true)},
                                      {{"12,5%"}, number(',', '\0', true)},
                                      {{" 1 ", "\t2\u00A0"}, number()},
                                      {{"0"}, number()}}) {
    EXPECT_EQ(inferred(cells), wanted) << cells[0];
  }
}

TEST(SchemaTest, TakesACommaForDecimalOnlyOnEvidence) {
  EXPECT_EQ(inferred({"1,234", "5,678"}), number('.', ',')) << "groups of three digits throughout";
  EXPECT_EQ(inferred({"1,234", "999"}), number('.', ','));
  EXPECT_EQ(inferred({"0,5", "1,25"}), number(','));
  EXPECT_EQ(inferred({"1,234", "5,678", "0,123"}), number(',')) << "no group begins with 0";
  EXPECT_EQ(inferred({"-1,234", "2,5"}), number(','));
  EXPECT_EQ(inferred(many(60, "1,234", {"1,23", "1,234,567", "2,345,678"})), number('.', ','))
      << "one odd cell does not turn thousands into thousandths";
  EXPECT_EQ(inferred({"1.234", "5.678"}), number()) << "a point is decimal";
  EXPECT_EQ(inferred({"1.234", "5.678.901"}), number(',', '.'));
}

TEST(SchemaTest, NeedsNineteenOfTwentyCells) {
  EXPECT_EQ(inferred(many(19, "1", {"x"})), number());
  EXPECT_EQ(inferred(many(18, "1", {"x"})), plain(ColumnType::kText));
  EXPECT_EQ(inferred(many(19, "1,234", {"x"})), number('.', ','));
  EXPECT_EQ(inferred(many(18, "1,234", {"x"})), plain(ColumnType::kText));
  EXPECT_EQ(inferred(many(19, "yes", {"x"})), plain(ColumnType::kBoolean));
  EXPECT_EQ(inferred(many(18, "yes", {"x"})), plain(ColumnType::kText));
  EXPECT_EQ(inferred(many(19, "4/26/2024", {"x"})), date("%m/%d/%Y"));
  EXPECT_EQ(inferred(many(18, "4/26/2024", {"x"})), plain(ColumnType::kText));
}

TEST(SchemaTest, LeavesMissingCellsOut) {
  EXPECT_EQ(inferred({"", "NA", "n/a", "#N/A", "nan", "NULL", "none", "Nil", "-", "--", "?", "  ", " na ", "1"}),
            number());
  EXPECT_EQ(inferred({"", "NA", "\u00A0"}), plain(ColumnType::kEmpty));
  EXPECT_EQ(inferred({}), plain(ColumnType::kEmpty));
  EXPECT_EQ(inferred({"NAN A", "---", "??"}), plain(ColumnType::kText)) << "not the marks";
}

TEST(SchemaTest, CountsInfiniteCellsNeitherForNorAgainstNumbers) {
  EXPECT_EQ(inferred({"1", "inf", "-inf", "∞", "1e999"}), number());
  EXPECT_EQ(inferred({"1,234", "inf", "-inf", "∞", "1e999"}), number('.', ','));
  EXPECT_EQ(inferred({"inf", "inf"}), plain(ColumnType::kText));
}

TEST(SchemaTest, KeepsCodesAsTexts) {
  EXPECT_EQ(inferred({"007", "012", "123"}), plain(ColumnType::kText));
  EXPECT_EQ(inferred({"007", "12", "123"}), number()) << "not padded to one length";
  EXPECT_EQ(inferred({"007", "-12", "1.5"}), number());
  EXPECT_EQ(inferred({"0", "1", "2"}), number());
  EXPECT_EQ(inferred({"100", "200"}), number());
  EXPECT_EQ(inferred({"1", "12345678901234567"}), plain(ColumnType::kText)) << "over 2^53";
  EXPECT_EQ(inferred({"1", "9007199254740992"}), number());
  EXPECT_EQ(inferred({"1.5", "12345678901234567"}), number()) << "not digits alone";
}

TEST(SchemaTest, KnowsBooleansButNotZeroAndOne) {
  for (const Cells& cells : {Cells{"True", "FALSE"}, {"yes", "No"}, {"t", "F"}, {"y", "N", ""}}) {
    EXPECT_EQ(inferred(cells), plain(ColumnType::kBoolean)) << cells[0];
  }
  EXPECT_EQ(inferred({"0", "1"}), number());
  EXPECT_EQ(inferred({"maybe", "yes"}), plain(ColumnType::kText));
}

TEST(SchemaTest, KnowsDatesByTheirFormat) {
  for (const auto& [cells, format] : {std::pair{Cells{"1999-05-12", "2024-1-1"}, "%Y-%m-%d"},
                                      {{"1999-05-12", "1999-05", "1999"}, "iso"},
                                      {{"1999-05-12T10:00:00Z", "1999"}, "iso"},
                                      {{"2024/4/26"}, "%Y/%m/%d"},
                                      {{"4/26/2024", "1/2/2024"}, "%m/%d/%Y"},
                                      {{"26/4/2024", "1/2/2024"}, "%d/%m/%Y"},
                                      {{"1/2/2024"}, "%m/%d/%Y"},
                                      {{"26.4.2024"}, "%d.%m.%Y"},
                                      {{"26-4-2024"}, "%d-%m-%Y"},
                                      {{"April 26, 2024"}, "%B %d, %Y"},
                                      {{"26 Apr 2024"}, "%d %b %Y"}}) {
    EXPECT_EQ(inferred(cells), date(format)) << cells[0];
  }
  EXPECT_EQ(inferred({"31.02.2024", "30.02.2024"}), plain(ColumnType::kText)) << "no such days";
}

TEST(SchemaTest, TellsYearsFromDates) {
  EXPECT_EQ(inferred({"1999", "2000"}), number());
  EXPECT_EQ(inferred(many(99, "1999", {"1999-05-12"})), date("iso")) << "though 99 % are numbers";
  EXPECT_EQ(inferred({"1999", "2000"}, "year").type, ColumnType::kNumber);
}

TEST(SchemaTest, TakesEightDigitsForADateOnlyWhereTheNameSaysSo) {
  EXPECT_EQ(inferred({"20240426", "19990512"}, "Release Date"), date("%Y%m%d", "Release Date"));
  EXPECT_EQ(inferred({"20240426", "19990512"}), number());
  EXPECT_EQ(inferred({"20241399", "19990012"}, "date").type, ColumnType::kNumber) << "no such days";
  EXPECT_EQ(inferred({"7", "12"}, "date").type, ColumnType::kNumber);
}

TEST(SchemaTest, InfersEveryColumnOfATableOfAnyWidth) {
  for (const std::size_t n : {0U, 1U, 2U, 57U}) {
    TextTable table;
    table.columns.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      table.header.push_back("c" + std::to_string(i));
      table.columns[i].append(i % 2 == 0 ? "1" : "x");
    }
    table.numbers = {2};
    const TableSchema schema = infer_schema(table);
    ASSERT_EQ(schema.columns.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(schema.columns[i].name, table.header[i]);
      EXPECT_EQ(schema.columns[i].type, i % 2 == 0 ? ColumnType::kNumber : ColumnType::kText);
    }
  }
}

TEST(SchemaTest, ParsesCellsAsTheSchemaSays) {
  EXPECT_EQ(parse_cell(" 1,234 ", number('.', ',')), 1234.0);
  EXPECT_EQ(parse_cell("1,234", number(',')), 1.234);
  EXPECT_EQ(parse_cell("1,234", number()), std::nullopt);
  for (const char* cell : {"inf", "∞", "1e999", "nan", "", " "}) EXPECT_EQ(parse_cell(cell, number()), std::nullopt);
  EXPECT_EQ(parse_cell("Yes", plain(ColumnType::kBoolean)), 1.0);
  EXPECT_EQ(parse_cell("f", plain(ColumnType::kBoolean)), 0.0);
  EXPECT_EQ(parse_cell("1", plain(ColumnType::kBoolean)), std::nullopt);
  EXPECT_EQ(parse_cell("1/2/1970", date("%d/%m/%Y")), 31.0);
  EXPECT_EQ(parse_cell("1", plain(ColumnType::kText)), std::nullopt);
}

TEST(SchemaTest, ComesBackFromItsJson) {
  TableSchema schema;
  schema.missing_marks = {"NA", "–"};
  schema.columns = {number(',', '.', true), date("%m/%d/%Y", "Release \"Date\""), plain(ColumnType::kText),
                    plain(ColumnType::kEmpty), plain(ColumnType::kBoolean)};
  schema.columns[2].name = "tïtle";
  schema.columns[3].name = "y";
  schema.columns[4].name = "z";
  const auto back = schema_from_json(to_json(schema), "schema.json");
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(*back, schema);
}

TEST(SchemaTest, WritesOnlyWhatDiffersFromTheDefault) {
  TableSchema schema;
  schema.missing_marks = {"NA"};
  schema.columns = {number(), number('.', ',')};
  EXPECT_EQ(to_json(schema), R"({
  "format_version": 1,
  "missing": [
    "NA"
  ],
  "columns": [
    {
      "name": "x",
      "type": "number"
    },
    {
      "name": "x",
      "type": "number",
      "thousands": ","
    }
  ]
}
)");
}

TEST(SchemaTest, FillsInWhatAJsonLeavesOut) {
  const auto schema = schema_from_json(
      R"({"format_version": 1, "columns": [{"name": "a", "type": "date"}, {"name": "b", "type": "text"}]})", "s");
  ASSERT_TRUE(schema) << schema.error().detail;
  EXPECT_EQ(schema->missing_marks, TableSchema{}.missing_marks);
  EXPECT_EQ(schema->columns[0].date_format, "iso");
}

TEST(SchemaTest, SaysWhatIsWrongWithAJson) {
  const auto column = [](const std::string& inside) {
    return R"({"format_version": 1, "columns": [{"name": "a", "type": )" + inside + "}]}";
  };
  for (const auto& [text, why] : {
           std::pair<std::string, std::string>{"{", "s.json: is not JSON: "},
           {"[]", "s.json: is not a table schema: it is []; it must be an object"},
           {R"({"columns": []})", "'format_version' is null; only 1 is known"},
           {R"({"format_version": 2, "columns": []})", "'format_version' is 2; only 1 is known"},
           {R"({"format_version": 1})", "'columns' is null; it must be a list"},
           {R"({"format_version": 1, "columns": [], "extra": 1})", "it has the unknown key 'extra'; known are: "},
           {R"({"format_version": 1, "columns": [], "missing": [1]})", "'missing' is [1]; it must be a list of texts"},
           {R"({"format_version": 1, "columns": [{"type": "text"}]})", "column 1 has no 'name'"},
           {R"({"format_version": 1, "columns": [{"name": 1, "type": "text"}]})", "'name' is 1; it must be a text"},
           {R"({"format_version": 1, "columns": [7]})", "column 1 is 7; it must be an object"},
           {column(R"("float")"), "column 1 ('a'): 'type' is 'float'; it must be empty, number, boolean, date or text"},
           {column(R"("number", "decimals": ",")"), "column 1 has the unknown key 'decimals'"},
           {column(R"("number", "decimal": ";")"), "'decimal' is ';'; it must be one of '.', ','"},
           {column(R"("number", "thousands": "")"), "'thousands' is ''; it must be one of "},
           {column(R"("number", "thousands": ".")"), "decimal and thousands are both '.'; they must differ"},
           {column(R"("number", "percent": 1)"), "'percent' is 1; it must be true or false"},
           {column(R"("text", "percent": true)"), "'percent' is for columns of type number; this is text"},
           {column(R"("number", "date_format": "iso")"), "'date_format' is for columns of type date; this is number"},
           {column(R"("date", "date_format": "%Q")"), "'date_format' is '%Q'; it must be iso, or have a year"},
           {column(R"("text"}, {"name": "a", "type": "text")"), "'a' is named twice in 'columns'"},
       }) {
    const auto schema = schema_from_json(text, "s.json");
    ASSERT_FALSE(schema) << text;
    EXPECT_EQ(schema.error().kind, FailureKind::kBadFile);
    EXPECT_TRUE(schema.error().detail.starts_with("s.json: is no"));
    EXPECT_NE(schema.error().detail.find(why), std::string::npos) << schema.error().detail;
  }
}

TEST(SchemaTest, IsReplacedWhereAnotherIsGiven) {
  TableSchema own;
  own.columns = {number(), plain(ColumnType::kText)};
  own.columns[1].name = "y";
  TableSchema given;
  given.missing_marks = {"x"};
  given.columns = {date("iso", "y")};
  const auto both = overlaid(own, given, "t.csv");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->columns, (std::vector<ColumnSchema>{number(), date("iso", "y")}));
  EXPECT_EQ(both->missing_marks, Cells{"x"});
  given.columns[0].name = "z";
  const auto bad = overlaid(own, given, "t.csv");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(bad.error().detail, "t.csv: has no column 'z', which the schema names; its columns are: x, y");
}

TEST(SchemaTest, NamesItsTypes) {
  for (const char* name : {"empty", "number", "boolean", "date", "text"}) {
    EXPECT_EQ(to_string(column_type_from(name).value()), name);
  }
  EXPECT_EQ(column_type_from("Number"), std::nullopt);
}

}  // namespace schema_test
}  // namespace hitscope::ingest::tables
