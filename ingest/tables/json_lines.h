// JSON Lines in: one JSON object a line, streamed, as rows of a table whose columns are the objects' keys.
//
// The header is the union, in order of appearance, of the keys of the first objects; they are held until their rows are
// asked for. Cells are made as ingest/tables/json_flatten.h says; null and a missing key are empty cells; of a key that
// stands twice in an object, the last value holds. Values whose key the header lacks are dropped and counted. Row
// number = line number, the first line being 1: there is no header row. Blank lines count but are no rows. Reads UTF-8
// (a byte-order mark is dropped), gzipped or not. Holds at most some hundred megabytes whatever the file, and usually
// the first objects only. Thread safety: one thread per reader.
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
  /// The header is made from so many lines that are not blank, or fewer where these take over kMostOpeningBytes.
  static constexpr std::size_t kOpeningLines = 1000;
  static constexpr std::size_t kMostOpeningBytes = std::size_t{64} << 20;

  /// Reads the first objects. Failures (kBadFile): unreadable, empty, a JSON array, none of the first lines is an
  /// object with a key, more than kMostColumns columns.
  static tl::expected<JsonLinesReader, Failure> open(ByteSource source);
  ~JsonLinesReader();
  JsonLinesReader(JsonLinesReader&&) noexcept;
  JsonLinesReader& operator=(JsonLinesReader&&) noexcept;

  const std::vector<std::string>& header() const;
  /// The next row; nullopt at the end. A line that is no JSON object, or larger than kMostRowBytes, is a Failure of
  /// kind kBadRow, and the lines after it are read; so is what cannot be read (damaged gzip data), and nothing comes
  /// after it.
  std::optional<tl::expected<TableRow, Failure>> next();
  /// Number of the row that next() returned last, failures included.
  std::size_t row_number() const;
  /// Values, other than null, of the rows returned so far, whose keys the header lacks.
  std::size_t n_dropped_values() const;
  /// As ByteSource::fraction_read().
  double fraction_read() const;

 private:
  struct Impl;
  explicit JsonLinesReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
