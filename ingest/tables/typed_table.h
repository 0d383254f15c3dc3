// A table with types: numbers as numbers, texts as texts, and a count of every cell that lost its value on the way.
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
  std::string text;            ///< at most 80 bytes of it, whole characters
};

struct TypedColumn {
  ColumnSchema schema;
  TextColumn text;              ///< every cell as it was read
  std::vector<double> numbers;  ///< [n_rows], NaN where missing; empty for kText and kEmpty
  std::vector<bool> missing;    ///< [n_rows]; lost cells are missing too
  std::size_t n_missing = 0;    ///< lost cells included
  std::size_t n_lost = 0;
  std::vector<LostCell> lost;  ///< the first five with different texts

  bool is_numeric() const { return !numbers.empty(); }
  /// The cell without the blanks around it; empty where it is missing.
  std::string_view cell(std::size_t row) const;
};

struct TypedTable {
  std::string name;
  Encoding encoding = Encoding::kUtf8;
  std::vector<TypedColumn> columns;
  std::vector<std::size_t> numbers;  ///< [n_rows], as TableRow::number
  std::vector<RefusedRow> refused;   ///< rows of the file that are not here

  std::size_t n_rows() const { return numbers.size(); }
  std::vector<std::string> header() const;
  /// Place of the column of that name, exactly.
  std::optional<std::size_t> find(std::string_view name) const;
};

/// Applies `schema`, which must have the table's columns in its order (std::invalid_argument otherwise), to every cell,
/// on two threads where there are two cores.
TypedTable typed(TextTable table, const TableSchema& schema);

/// Reads one column again, as `schema` has it; its texts are still there.
void retype(TypedTable& table, std::size_t column, const ColumnSchema& schema,
            const std::vector<std::string>& missing_marks);

/// One line for each column: name, type, how many are missing, distinct where few, a range or examples, and what was
/// lost: the printed schema. The first row names the columns of this table of cells.
std::vector<std::vector<std::string>> described(const TypedTable& table);

}  // namespace hitscope::ingest::tables
