// Reads JSON Lines, one JSON object per line, or the objects of an array (ingest/tables/json_array.h), as a stream of
// table rows whose columns are the objects' keys.
//
// The header is the union, in order of appearance, of the keys of the first objects, which are held in memory until
// their rows are returned. Cells are made as described in ingest/tables/json_flatten.h; null and a missing key give an
// empty cell, and of a repeated key the last value counts. Values whose key is not in the header are dropped and
// counted. Row numbers are line numbers (of an array: those of its objects), from 1, as there is no header row; blank
// lines count but are not rows. Input is UTF-8 (a byte-order mark is dropped), gzipped or not. It uses at most some
// hundred megabytes of memory. Thread safety: one thread per reader.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/byte_source.h"
#include "ingest/tables/table_row.h"

namespace hitscope::ingest::tables {

class JsonLinesReader {
 public:
  /// The header is made from this many lines that are not blank, or fewer if these exceed kMostOpeningBytes.
  static constexpr std::size_t kOpeningLines = 1000;
  static constexpr std::size_t kMostOpeningBytes = std::size_t{64} << 20;

  /// Reads the first objects. Failures (kBadFile): unreadable, empty, no object with a key in the first
  /// lines, more than kMostColumns columns.
  static tl::expected<JsonLinesReader, Failure> open(ByteSource source);
  ~JsonLinesReader();
  JsonLinesReader(JsonLinesReader&&) noexcept;
  JsonLinesReader& operator=(JsonLinesReader&&) noexcept;

  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. Failures (kBadRow): a line that is not a JSON object or larger than
  /// kMostRowBytes, after which reading goes on, and, as the last one, data that cannot be read (damaged gzip data).
  std::optional<tl::expected<TableRow, Failure>> next();
  /// Number of the row that next() returned last, failures included.
  std::size_t row_number() const;
  /// Number of values, other than null, of the rows returned so far whose keys are not in the header.
  std::size_t n_dropped_values() const;
  /// See ByteSource::fraction_read().
  double fraction_read() const;

 private:
  struct Impl;
  explicit JsonLinesReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
