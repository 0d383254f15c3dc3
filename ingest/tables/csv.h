// CSV and TSV in (RFC 4180: quoted cells may hold delimiters, quotes and newlines), CSV out, streamed.
//
// Lenient as Python's csv and pandas are: a quote inside a cell that does not begin with one is a letter like others
// (`12" mix`), and what follows a closing quote belongs to the cell (`"Weird" Al` is read as `Weird Al`). The reader is
// our own because libcsv, which writes here, either refuses such files or reads on to some later quote, taking rows
// along.
// A byte-order mark is dropped; bytes are not checked to be UTF-8. Gzipped or not; cells are returned as they stand,
// without type. TSV is CSV with tabs for commas: quotes mean the same. Rows are numbered as a spreadsheet shows them:
// the header is row 1.
// Holds some hundred kilobytes, and never more than a few times kMostRowBytes, whatever the file.
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
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

class CsvReader {
 public:
  /// Opens `path` ("-" is standard input) and reads its header. Failures (kBadFile): unreadable, empty, no header, more
  /// than kMostColumns columns.
  static tl::expected<CsvReader, Failure> open(const std::filesystem::path& path);
  /// The same for bytes opened before, with ',' or '\t' between the cells.
  static tl::expected<CsvReader, Failure> open(ByteSource source, char delimiter);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. A row whose number of cells differs from the header's, or that the file breaks
  /// off in (an unclosed quote, a row larger than kMostRowBytes, damaged gzip data), is a Failure of kind kBadRow;
  /// where the file breaks off, nothing comes after it.
  std::optional<tl::expected<TableRow, Failure>> next();
  /// The same without a copy: cells are views into the reader.
  std::optional<tl::expected<TableRowView, Failure>> next_view();
  /// Number of the row that next() or next_view() returned last, failures included.
  std::size_t row_number() const;
  /// The file says of itself that it is UTF-8.
  bool has_byte_order_mark() const;
  /// As ByteSource::fraction_read().
  double fraction_read() const;

 private:
  struct Impl;
  explicit CsvReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One CSV line with its newline; cells are quoted where they must be.
std::string csv_line(std::span<const std::string> cells);
std::string csv_line(std::span<const std::string_view> cells);
std::string csv_line(std::initializer_list<std::string_view> cells);
/// One cell at the end of `line`, quoted where it must be.
void append_csv_cell(std::string& line, std::string_view cell);

}  // namespace hitscope::ingest::tables
