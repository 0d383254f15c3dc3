// A table of any of the formats that catalogues come in: CSV, TSV, JSON Lines, each gzipped or not, from a file or from
// standard input. One front door to ingest/tables/csv.h and ingest/tables/json_lines.h, which say how cells are made.
//
// Streams in bounded memory. Thread safety: one thread per reader.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "ingest/failure.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

enum class TableFormat {
  kAuto,      ///< by the name's extension (.csv .tsv .tab .jsonl .ndjson .json, and .gz after it), else by content
  kCsv,       ///< cells between commas
  kTsv,       ///< cells between tabs
  kJsonLines  ///< one JSON object a line
};
constexpr auto names_of(TableFormat) {
  return std::to_array<dsp::Name<TableFormat>>(
      {{TableFormat::kAuto, "auto", "chosen by the name of the file, or by its content"},
       {TableFormat::kCsv, "csv", "cells separated by commas"},
       {TableFormat::kTsv, "tsv", "cells separated by tabs"},
       {TableFormat::kJsonLines, "jsonl", "one JSON object per line"}});
}
using dsp::to_string;

class TableReader {
 public:
  /// Opens `path`; "-" is standard input. By content, what begins with '{', or with '[' and then '{', is JSON (Lines);
  /// a first line with a tab and no comma is TSV's; all else is CSV. Failures (kBadFile): unreadable, empty, no header,
  /// a JSON array, UTF-16.
  static tl::expected<TableReader, Failure> open(const std::filesystem::path& path,
                                                 TableFormat format = TableFormat::kAuto);
  ~TableReader();
  TableReader(TableReader&&) noexcept;
  TableReader& operator=(TableReader&&) noexcept;

  /// What it was opened as; never kAuto.
  TableFormat format() const;
  /// For messages: the path, or "standard input".
  const std::string& name() const;
  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. Failures (kBadRow) as the format's reader has them.
  std::optional<tl::expected<TableRow, Failure>> next();
  /// The same without a copy where the format allows it; for reading a whole table fast.
  std::optional<tl::expected<TableRowView, Failure>> next_view();
  /// Number of the row that next() or next_view() returned last, failures included; see TableRow::number.
  std::size_t row_number() const;
  /// The file says of itself that it is UTF-8. JSON Lines are UTF-8 by definition: always true.
  bool is_utf8_by_its_own_word() const;
  /// JSON Lines: values of the rows so far whose keys the header lacks. 0 for other formats.
  std::size_t n_dropped_values() const;
  /// How much of the file was taken, 0 to 1 (of its compressed bytes where it is gzipped); negative where that cannot
  /// be known, as for a pipe. Runs ahead of the rows by a block at most.
  double fraction_read() const;

 private:
  struct Impl;
  explicit TableReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
