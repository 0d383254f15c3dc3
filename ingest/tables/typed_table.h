// A table with typed columns, and the count of cells that lost their value because they are not of their column's type.
//
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/schema.h"
#include "ingest/tables/text_table.h"

namespace hitscope::ingest::tables {

/// A cell that is not of its column's type and has become a missing value.
struct LostCell {
  std::size_t row_number = 0;  ///< as TableRow::number
  std::string text;            ///< the cell's first 80 bytes at most, in whole characters
};

struct TypedColumn {
  ColumnSchema schema;
  TextColumn text;              ///< every cell as it was read
  std::vector<double> numbers;  ///< [n_rows], NaN for missing cells; empty for kText and kEmpty
  std::vector<bool> missing;    ///< [n_rows], whether a cell is missing, including lost cells
  std::size_t n_missing = 0;    ///< missing cells, including lost ones
  std::size_t n_lost = 0;
  std::vector<LostCell> lost;  ///< the first five lost cells with different texts

  bool is_numeric() const { return !numbers.empty(); }
  /// The stripped cell; empty if it is missing.
  std::string_view cell(std::size_t row) const;
};

struct TypedTable {
  std::string name;
  Encoding encoding = Encoding::kUtf8;
  std::vector<TypedColumn> columns;
  std::vector<std::size_t> numbers;  ///< [n_rows], as TableRow::number
  std::vector<RefusedRow> refused;   ///< rows of the file that are not in the table
  std::vector<TablePart> parts;      ///< see TextTable

  std::size_t n_rows() const { return numbers.size(); }
  /// "songs.csv row 17": the place of a row of the table, for messages.
  std::string place(std::size_t row) const { return place_of_row(name, parts, numbers[row]); }
  std::vector<std::string> header() const;
  /// Index of the column with exactly this name.
  std::optional<std::size_t> find(std::string_view name) const;
};

/// Applies `schema` to every cell, on two threads if there are two cores. Throws std::invalid_argument unless `schema`
/// has the table's columns in its order.
TypedTable typed(TextTable table, const TableSchema& schema);

/// Converts the texts of one column again, according to `schema`.
void retype(TypedTable& table, std::size_t column, const ColumnSchema& schema,
            const std::vector<std::string>& missing_marks);

/// The schema as a table of cells, for printing: a heading, then a row per column with its name, type, number of
/// missing cells, number of distinct values if there are few, a range or examples, and lost cells.
std::vector<std::vector<std::string>> described(const TypedTable& table);

}  // namespace hitscope::ingest::tables
