// The rows that the readers of tables (ingest/tables/csv.h, ingest/tables/json_lines.h) return, and their limits for
// hostile files.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::ingest::tables {

struct TableRow {
  std::size_t number = 0;          ///< row in a CSV or TSV file, whose header is row 1; line of JSON Lines, from 1
  std::vector<std::string> cells;  ///< one per column of the header, in its order
};

/// A row whose cells the reader holds; valid until its next row is read.
struct TableRowView {
  std::size_t number = 0;  ///< as TableRow::number
  std::span<const std::string_view> cells;
};

/// The largest row in bytes; a larger one, such as everything after an unclosed quote, is refused and not held in
/// memory.
inline constexpr std::size_t kMostRowBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMostColumns = 100'000;

/// UTF-8's byte-order mark, with which some programs begin a file; it is not part of the text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace hitscope::ingest::tables
