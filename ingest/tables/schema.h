// The types of a table's columns: inferred from all cells, printed, saved as JSON, and read after editing.
//
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

enum class ColumnType {
  kEmpty,    ///< every cell is missing
  kNumber,   ///< with or without thousands separators, percent sign and exponent
  kBoolean,  ///< true/false, yes/no, t/f, y/n in any case; 0 and 1 are numbers
  kDate,     ///< days since 1970-01-01, with a fraction for a time of day
  kText
};
constexpr auto names_of(ColumnType) {
  return std::to_array<dsp::Name<ColumnType>>({{ColumnType::kEmpty, "empty"},
                                               {ColumnType::kNumber, "number"},
                                               {ColumnType::kBoolean, "boolean"},
                                               {ColumnType::kDate, "date"},
                                               {ColumnType::kText, "text"}});
}
using dsp::to_string;
std::optional<ColumnType> column_type_from(std::string_view name);

struct ColumnSchema {
  std::string name;
  ColumnType type = ColumnType::kText;
  char decimal = '.';       ///< kNumber: '.' or ','
  char thousands = '\0';    ///< kNumber: ',' '.' ' ' '\'' '_' or none; groups must have three digits
  bool percent = false;     ///< kNumber: cells may end in '%'; 12 % is read as 12, not 0.12
  std::string date_format;  ///< kDate: as for strptime, "%m/%d/%Y"; "iso" takes 1999, 1999-05, 1999-05-12 and
                            ///< 1999-05-12T10:00:00Z, mixed; see parse_date() in ingest/tables/dates.h

  bool operator==(const ColumnSchema&) const = default;
};

struct TableSchema {
  /// Cells that mean "missing", compared stripped and ignoring case; an empty cell is always missing. In columns of
  /// texts, marks without a letter ("-", "?") are texts.
  std::vector<std::string> missing_marks{
      "NA",       "N/A",   "#N/A",     "NaN",      "null",    "None",   "nil",     "-",      "--",      "?",
      "#DIV/0!",  "#REF!", "#NAME?",   "#VALUE!",  "#NUM!",   "#NULL!", "#NV",     "#WERT!", "#BEZUG!", "#ZAHL!",
      "#VALEUR!", "#NOM?", "#NOMBRE!", "#NOMBRE?", "#VALOR!", "#DIV/0", "#ERROR!", "#N/D",   "#SPILL!", "#CALC!"};
  std::vector<ColumnSchema> columns;  ///< in the table's order

  bool operator==(const TableSchema&) const = default;
};

/// The type that most of a column's cells that are not missing have, of number, boolean and date, where these are at
/// least 95 %, else text; the others lose their value and are counted when the table is typed. All cells are looked at,
/// on two threads where there are two cores. What could be read in two ways:
/// - Infinite numbers ("inf", "1e999") count neither for nor against numbers, and are lost.
/// - A comma is decimal only where cells say so: "0,5" and "0,123" do, but where all groups are of three digits and
///   none begins with 0 ("1,234") it separates thousands, unless another column has decimal commas, or semicolons part
///   the cells. Of all the ways to read numbers, the one that most cells fit is taken.
/// - Digits only are a text (a code) in a column where every cell is that, and either all are of one length and some
///   begin with 0 ("007", "012") or some are over 2^53, too large to be told apart as numbers.
/// - Where months and days cannot be told apart, m/d/Y is taken. Years alone are numbers; with fuller dates among them
///   they are dates. Eight digits are a date only in a column named like one.
TableSchema infer_schema(const TextTable& table);

/// The schema as JSON: {"format_version": 1, "missing": […], "columns": [{"name", "type", …what differs from the
/// default}]}
std::string to_json(const TableSchema& schema);
/// Reads the JSON of to_json. A date without a format is "iso"; without "missing" the default marks are used. Failures
/// (kBadFile): other JSON; an unknown key, type, mark or date format, which is named; a column named twice.
tl::expected<TableSchema, Failure> schema_from_json(const std::string& text, const std::string& file_name);

/// `inferred` with the columns that `given` names replaced, and its missing marks. Failure (kBadFile): `given` names a
/// column that `inferred` lacks.
tl::expected<TableSchema, Failure> overlaid(TableSchema inferred, const TableSchema& given,
                                            const std::string& table_name);

/// A cell as a number according to `schema` (kNumber, kBoolean or kDate); nullopt if it is not one, or not finite.
/// Surrounding blanks and a sign are allowed.
std::optional<double> parse_cell(std::string_view cell, const ColumnSchema& schema);

}  // namespace hitscope::ingest::tables
