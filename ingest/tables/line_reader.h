// Reads the lines of a byte source in bounded memory: a line that is too large is reported and skipped.
//
// A byte-order mark is dropped. Lines do not include the newline, but they include a carriage return before it. Lines
// are numbered from 1; blank ones (only spaces, tabs and carriage returns) are counted but not returned.
// Thread safety: one thread per reader.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/tables/byte_source.h"
#include "ingest/tables/json_array.h"

namespace hitscope::ingest::tables {

class LineReader {
 public:
  explicit LineReader(ByteSource source) : source_(std::move(source)) {}

  /// From now on the lines are the objects of a JSON document; to be called before the first next().
  void read_json_document() { document_.emplace(); }
  bool is_json_document() const { return document_.has_value(); }

  /// The next line that is not blank, valid until the next call; nullopt at the end. Failures (kBadRow): a line larger
  /// than kMostRowBytes; a source that cannot be read, reported once in place of the unfinished line.
  std::optional<tl::expected<std::string_view, Failure>> next();
  /// Number of the line that next() returned last, failures included.
  std::size_t number() const { return number_; }
  /// A failure of kind kBadRow that names the source and this line.
  Failure bad_row(const std::string& why) const;
  ByteSource& source() { return source_; }
  const ByteSource& source() const { return source_; }

 private:
  bool fill_block();
  std::string_view take_from_block(bool& is_whole);
  std::optional<tl::expected<std::string_view, Failure>> next_or_blank();
  std::optional<tl::expected<std::string_view, Failure>> document_problem();

  ByteSource source_;
  std::optional<JsonArray> document_;
  bool document_told_ = false;
  std::string lines_;       // of the document, from the block read last
  std::string_view block_;  // unread bytes of the source, or of lines_
  std::string carried_;     // a line that began in an earlier block
  std::size_t number_ = 0;
  bool at_start_ = true;
  bool ended_ = false;
  std::optional<Failure> read_problem_;  // why the source ended early, until it is reported
};

}  // namespace hitscope::ingest::tables
