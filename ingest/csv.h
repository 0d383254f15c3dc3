// CSV in and out (RFC 4180: quoted fields may hold commas, quotes and newlines), streamed, by libcsv.
//
// Reads UTF-8 (a byte-order mark is dropped); cells are returned as they stand, without type. Rows are numbered as a
// spreadsheet shows them: the header is row 1.
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

namespace hitscope::ingest {

struct CsvRow {
  std::size_t number = 0;  ///< the header is row 1
  std::vector<std::string> cells;
};

class CsvReader {
 public:
  /// Opens `path` and reads its header. Failures (kBadFile): unreadable, empty, no header.
  static tl::expected<CsvReader, Failure> open(const std::filesystem::path& path);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. A row whose number of cells differs from the header's, or that the file breaks
  /// off in (an unclosed quote), is a Failure of kind kBadRow.
  std::optional<tl::expected<CsvRow, Failure>> next();
  /// Number of the row that next() returned last, failures included.
  std::size_t row_number() const;

 private:
  struct Impl;
  explicit CsvReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One CSV line with its newline; cells are quoted where they must be.
std::string csv_line(std::span<const std::string> cells);
std::string csv_line(std::initializer_list<std::string_view> cells);

}  // namespace hitscope::ingest
