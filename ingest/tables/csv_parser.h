// The state machine of ingest/tables/csv.h: parses blocks of bytes, which may end anywhere, into batches of rows.
//
// Thread safety: a plain value; one thread per parser.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/tables/quoting.h"

namespace hitscope::ingest::tables {

/// Rows that were parsed but not yet returned. Their cells are concatenated in one text, without an allocation per
/// cell.
struct CsvBatch {
  struct Row {
    std::size_t number;
    std::size_t first_cell;
    std::size_t n_cells;
  };

  std::string text;
  std::vector<std::uint32_t> cell_ends;  // end of each cell in text
  std::vector<Row> rows;
  std::size_t next_row = 0;
  std::size_t unfinished = 0;  // first cell of the row being parsed

  std::size_t begin_of(std::size_t cell) const { return cell == 0 ? 0 : cell_ends[cell - 1]; }
  /// Bytes of the row being parsed, with one delimiter per cell.
  std::size_t unfinished_bytes() const { return text.size() - begin_of(unfinished) + cell_ends.size() - unfinished; }

  void views_of(const Row& row, std::vector<std::string_view>& cells) const {
    cells.clear();
    std::size_t begin = begin_of(row.first_cell);
    for (std::size_t i = row.first_cell; i < row.first_cell + row.n_cells; ++i) {
      cells.push_back(std::string_view(text).substr(begin, cell_ends[i] - begin));
      begin = cell_ends[i];
    }
  }

  /// Removes the rows that were returned.
  void drop_rows() {
    if (rows.empty()) return;
    const std::size_t begin = begin_of(unfinished);
    text.erase(0, begin);
    cell_ends.erase(cell_ends.begin(), cell_ends.begin() + static_cast<std::ptrdiff_t>(unfinished));
    for (std::uint32_t& end : cell_ends) end -= static_cast<std::uint32_t>(begin);
    rows.clear();
    next_row = unfinished = 0;
  }
};

class CsvParser {
 public:
  CsvParser(char delimiter, Quoting quoting);

  /// Appends the rows that end in `bytes`; stops at a row that is larger than kMostRowBytes.
  void parse(std::string_view bytes, CsvBatch& batch);
  /// Ends the last row at the end of the file; false if the file ends inside quotes.
  bool finish(CsvBatch& batch);

  /// Number of rows so far, including blank lines.
  std::size_t n_rows() const { return n_rows_; }
  bool is_too_large() const { return is_too_large_; }
  /// Number of cells so far that begin with a quote.
  std::size_t n_quoted() const { return n_quoted_; }
  /// Number of these that have text behind their closing quote, and the row of the first.
  std::size_t n_malformed() const { return n_malformed_; }
  std::size_t first_malformed() const { return first_malformed_; }

 private:
  enum class State { kCellBegins, kInCell, kInQuotes, kAfterQuote, kEscaped };

  const char* parse_quoted(const char* at, const char* end, CsvBatch& batch);
  const char* parse_escaped(const char* at, CsvBatch& batch);
  const char* parse_plain(const char* at, const char* end, CsvBatch& batch);
  void end_cell(CsvBatch& batch);
  void end_line(char newline, CsvBatch& batch);
  void end_row(CsvBatch& batch);
  bool is_blank(const CsvBatch& batch) const { return batch.unfinished_bytes() == 0 && !has_quotes_; }
  void check_size(const CsvBatch& batch);

  char delimiter_;
  Quoting quoting_;
  std::array<bool, 256> ends_cell_{};
  State state_ = State::kCellBegins;
  bool has_quotes_ = false;  // whether the cell being parsed was quoted
  char last_newline_ = '\0';
  std::size_t n_rows_ = 0;
  bool is_too_large_ = false;
  std::size_t n_quoted_ = 0;
  std::size_t n_malformed_ = 0;
  std::size_t first_malformed_ = 0;
};

}  // namespace hitscope::ingest::tables
