// Reads a table of separated cells or of JSON objects, gzipped or not, in UTF-8 or UTF-16, from a file or from standard
// input. It chooses between ingest/tables/csv.h and ingest/tables/json_lines.h, which describe how cells are made.
//
// Rows are streamed in bounded memory.
// Thread safety: one thread per reader.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/table_format.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

/// Whether the file's name is that of a table: ".csv", ".tsv", ".jsonl" and the like, also with ".gz".
bool has_table_extension(const std::filesystem::path& path);

class TableReader {
 public:
  /// Opens `path`; "-" is standard input. By content, a file that begins with '{', or with '[' and then '{', is JSON;
  /// for others see sniffed_dialect(). Failures (kBadFile): unreadable, empty, no header, separated in a way that can
  /// be read as two, Parquet, Excel and other formats, with the command that converts them.
  static tl::expected<TableReader, Failure> open(const std::filesystem::path& path, const TableWriting& writing = {});
  ~TableReader();
  TableReader(TableReader&&) noexcept;
  TableReader& operator=(TableReader&&) noexcept;

  /// The format it was opened as; never kAuto.
  TableFormat format() const;
  /// How the file is written where that is not CSV in UTF-8: "separated by semicolons, UTF-16"; else empty.
  std::string description() const;
  /// The name for messages: the path, or "standard input".
  const std::string& name() const;
  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. Failures (kBadRow) are those of the format's reader.
  std::optional<tl::expected<TableRow, Failure>> next();
  /// Like next(), without a copy if the format allows it, for reading a whole table quickly.
  std::optional<tl::expected<TableRowView, Failure>> next_view();
  /// Number of the row that next() or next_view() returned last, failures included; see TableRow::number.
  std::size_t row_number() const;
  /// Whether the file declares itself as UTF-8 by a byte-order mark; always true for JSON Lines, which are UTF-8 by
  /// definition.
  bool is_utf8_by_its_own_word() const;
  bool is_utf16() const;
  /// JSON Lines: number of values of the rows so far whose keys are not in the header. 0 for other formats.
  std::size_t n_dropped_values() const;
  /// What speaks against the quotes as they are read: "3 cells go on behind their closing quote, the first in row 17";
  /// empty where nothing does. Of the rows so far.
  std::string doubts_about_quotes() const;
  /// The share of the file that was read, 0 to 1 (of its compressed bytes if it is gzipped); negative if it is unknown,
  /// as for a pipe. It is ahead of the rows by at most a block.
  double fraction_read() const;

 private:
  struct Impl;
  explicit TableReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
