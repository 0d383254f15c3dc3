// Reads CSV and TSV as streams (RFC 4180: quoted cells may hold delimiters, quotes and newlines) and writes CSV.
//
// It is as lenient as Python's csv and pandas: a quote inside a cell that does not begin with one is an ordinary
// character (`12" mix`), and text after a closing quote belongs to the cell (`"Weird" Al` is read as `Weird Al`). The
// reader is our own because libcsv, which is used for writing, either refuses such files or reads on to a later quote,
// swallowing rows. A byte-order mark is dropped; bytes are not checked to be UTF-8. Files may be gzipped; cells are
// returned as text. Other delimiters have the same quotes (ingest/tables/dialect.h). Rows are numbered as in a
// spreadsheet: the header is row 1. It uses some hundred kilobytes of memory, and never more than a few times
// kMostRowBytes.
// Thread safety: one thread per reader.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/byte_source.h"
#include "ingest/tables/dialect.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

class CsvReader {
 public:
  /// Opens `path` ("-" is standard input) and reads its header. Failures (kBadFile): unreadable, empty, no header, more
  /// than kMostColumns columns.
  static tl::expected<CsvReader, Failure> open(const std::filesystem::path& path);
  /// Opens the regular file `name` beneath `folder`. Throws InputError for a link, a pipe or a folder of that name.
  static tl::expected<CsvReader, Failure> open_beneath(const std::filesystem::path& folder,
                                                       const std::filesystem::path& name);
  /// Reads bytes that were opened before.
  static tl::expected<CsvReader, Failure> open(ByteSource source, const Dialect& dialect);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. Empty cells beyond the header are dropped; others go into the last column where
  /// the dialect has lists, with ';' between them. Failures (kBadRow): any other row whose number of cells differs from
  /// the header's, and, as the last one, a row that cannot be read to its end (an unclosed quote, more than
  /// kMostRowBytes, damaged gzip data).
  std::optional<tl::expected<TableRow, Failure>> next();
  /// Like next(), without a copy: cells are views into the reader.
  std::optional<tl::expected<TableRowView, Failure>> next_view();
  /// Number of the row that next() or next_view() returned last, failures included.
  std::size_t row_number() const;
  /// Whether the file begins with a UTF-8 byte-order mark.
  bool has_byte_order_mark() const;
  /// See TableReader::doubts_about_quotes().
  std::string doubts_about_quotes() const;
  /// See ByteSource::fraction_read().
  double fraction_read() const;

 private:
  struct Impl;
  explicit CsvReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The cells as a CSV line with its newline, quoted where necessary.
std::string csv_line(std::span<const std::string> cells);
std::string csv_line(std::span<const std::string_view> cells);
std::string csv_line(std::initializer_list<std::string_view> cells);
/// Appends a cell to `line`, quoted where necessary.
void append_csv_cell(std::string& line, std::string_view cell);

}  // namespace hitscope::ingest::tables
