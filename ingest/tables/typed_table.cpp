#include "ingest/tables/typed_table.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "ingest/tables/blanks.h"
#include "ingest/tables/by_column.h"
#include "ingest/tables/missing_marks.h"

namespace hitscope::ingest::tables {
namespace {

/// At most 80 bytes, whole characters.
std::string beginning_of(std::string_view text) {
  constexpr std::size_t kMostBytes = 80;
  if (text.size() <= kMostBytes) return std::string(text);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

void lose(TypedColumn& column, std::size_t row_number, std::string_view cell) {
  constexpr std::size_t kMostExamples = 5;
  ++column.n_lost;
  if (column.lost.size() == kMostExamples) return;
  std::string text = beginning_of(cell);
  const bool is_known =
      std::any_of(column.lost.begin(), column.lost.end(), [&](const LostCell& lost) { return lost.text == text; });
  if (!is_known) column.lost.push_back({row_number, std::move(text)});
}

/// Numbers and missing cells of a column that has its text and schema.
void type_cells(TypedColumn& column, const std::vector<std::size_t>& row_numbers, const MissingMarks& marks) {
  const std::size_t n_rows = row_numbers.size();
  const ColumnType type = column.schema.type;
  const bool has_numbers = type != ColumnType::kText && type != ColumnType::kEmpty;
  if (has_numbers) column.numbers.assign(n_rows, std::numeric_limits<double>::quiet_NaN());
  column.missing.assign(n_rows, false);
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::string_view cell = without_blanks(column.text.at(row));
    bool is_missing = type == ColumnType::kText ? marks.is_missing_text(cell) : marks.is_missing(cell);
    if (!is_missing && type != ColumnType::kText) {
      const auto value = parse_cell(cell, column.schema);
      is_missing = !value;
      if (value) column.numbers[row] = *value;
      if (!value) lose(column, row_numbers[row], cell);
    }
    if (!is_missing) continue;
    column.missing[row] = true;
    ++column.n_missing;
  }
}

void check_columns(const TextTable& table, const TableSchema& schema) {
  if (schema.columns.size() != table.columns.size()) {
    throw std::invalid_argument("schema.columns has " + std::to_string(schema.columns.size()) +
                                " columns; the table has " + std::to_string(table.columns.size()));
  }
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (schema.columns[i].name == table.header[i]) continue;
    throw std::invalid_argument("schema.columns[" + std::to_string(i) + "].name is '" + schema.columns[i].name +
                                "'; the table's column there is '" + table.header[i] + "'");
  }
}

}  // namespace

std::string_view TypedColumn::cell(std::size_t row) const {
  return missing[row] ? std::string_view() : without_blanks(text.at(row));
}

std::vector<std::string> TypedTable::header() const {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const TypedColumn& column : columns) names.push_back(column.schema.name);
  return names;
}

std::optional<std::size_t> TypedTable::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const TypedColumn& column) { return column.schema.name == name; });
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

TypedTable typed(TextTable table, const TableSchema& schema) {
  check_columns(table, schema);
  TypedTable result;
  result.name = std::move(table.name);
  result.parts = std::move(table.parts);
  result.encoding = table.encoding;
  result.numbers = std::move(table.numbers);
  result.refused = std::move(table.refused);
  result.columns.resize(table.columns.size());
  const MissingMarks marks(schema.missing_marks);
  for_each_column(result.columns.size(), [&](std::size_t i) {
    TypedColumn& column = result.columns[i];
    column.schema = schema.columns[i];
    column.text = std::move(table.columns[i]);
    type_cells(column, result.numbers, marks);
  });
  return result;
}

void retype(TypedTable& table, std::size_t column, const ColumnSchema& schema,
            const std::vector<std::string>& missing_marks) {
  TypedColumn& former = table.columns.at(column);
  TypedColumn again;
  again.schema = schema;
  again.text = std::move(former.text);
  type_cells(again, table.numbers, MissingMarks(missing_marks));
  former = std::move(again);
}

}  // namespace hitscope::ingest::tables
