// The columns of a CSV file that is written and read back, as one list of names and members for both.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/csv.h"

namespace hitscope::ingest::tables {

/// A column of lines of type `Line`, whose members are the cells.
template <typename Line>
struct CsvColumn {
  std::string_view name;
  std::string_view Line::*cell;
};

/// The cells of `line` as CSV text without a newline, quoted where necessary.
template <typename Line>
std::string csv_cells(const Line& line, std::span<const CsvColumn<Line>> columns) {
  std::string text;
  for (const CsvColumn<Line>& column : columns) {
    if (&column != columns.data()) text += ',';
    append_csv_cell(text, line.*column.cell);
  }
  return text;
}

/// Whether `header` begins with the names of `columns`.
template <typename Line>
bool begins_with(std::span<const std::string> header, std::span<const CsvColumn<Line>> columns) {
  return header.size() >= columns.size() &&
         std::equal(columns.begin(), columns.end(), header.begin(),
                    [](const CsvColumn<Line>& column, const std::string& name) { return name == column.name; });
}

/// A line made of the first of `cells`, of which there must be at least as many as columns; valid as long as the cells
/// are.
template <typename Line, typename Cells>
Line line_of(const Cells& cells, std::span<const CsvColumn<Line>> columns) {
  Line line;
  for (std::size_t i = 0; i < columns.size(); ++i) line.*columns[i].cell = cells[i];
  return line;
}

}  // namespace hitscope::ingest::tables
