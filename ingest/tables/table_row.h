// What the readers of tables (ingest/tables/csv.h, ingest/tables/json_lines.h) hand out, and how much they take from a
// hostile file. Thread safety: plain values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

struct TableRow {
  std::size_t number = 0;          ///< CSV, TSV: the header is row 1; JSON Lines: the line, the first being 1
  std::vector<std::string> cells;  ///< as many as the header has, in its order
};

/// A row whose cells the reader holds: valid until its next row is asked for.
struct TableRowView {
  std::size_t number = 0;  ///< as TableRow::number
  std::span<const std::string_view> cells;
};

/// A larger row (for instance everything after a quote that is never closed) is refused and not held in memory.
inline constexpr std::size_t kMostRowBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMostColumns = 100'000;

/// What some programs begin UTF-8 with; it is no part of the text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace hitscope::ingest::tables
