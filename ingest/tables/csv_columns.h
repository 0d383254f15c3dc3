// The columns of a CSV file that is written and read back: one list of names and members serves both ways.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/csv.h"

namespace hitscope::ingest::tables {

/// A column of lines of the type `Line`, whose cells are views.
template <typename Line>
struct CsvColumn {
  std::string_view name;
  std::string_view Line::*cell;
};

/// The cells of `line` as text, quoted where they must be, without a newline.
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

/// The first of `cells` as a line, which holds as long as they do. There must be as many as columns.
template <typename Line, typename Cells>
Line line_of(const Cells& cells, std::span<const CsvColumn<Line>> columns) {
  Line line;
  for (std::size_t i = 0; i < columns.size(); ++i) line.*columns[i].cell = cells[i];
  return line;
}

}  // namespace hitscope::ingest::tables
