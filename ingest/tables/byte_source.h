// Reads the bytes of a file or of standard input in blocks, decompressing gzip by zlib and converting UTF-16 to UTF-8.
//
// Gzip is recognised by the first two bytes, never by the name. Several members (bgzip, pigz, `cat a.gz b.gz`) are read
// as one stream; other bytes after the last one are ignored, as gzip does. Bytes of a pipe are returned as they arrive,
// without waiting for a full buffer. UTF-16 is known by its byte-order mark, or by zeros in every other byte of the
// first four. It holds buffers of a fixed size. Reads that a signal interrupts are repeated. Thread safety: one thread
// per source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "ingest/failure.h"
#include "ingest/folder.h"

namespace hitscope::ingest::tables {

class ByteSource {
 public:
  /// Opens a file; "-" is standard input (which stays open for others). Failure (kBadFile): cannot be opened, with the
  /// system's reason.
  static tl::expected<ByteSource, Failure> open(const std::filesystem::path& path);
  /// A file that was opened for reading, called `name` in messages.
  ByteSource(Descriptor file, std::string name);
  ~ByteSource();
  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;

  /// For messages: the path, or "standard input".
  const std::string& name() const;
  /// The next bytes, valid until the next call; empty only at the end. Failure: the file cannot be read, or the
  /// gzip data is damaged or truncated (kUnreadable), or inflates further than ingest/inflation.h allows
  /// (kTooLarge); `detail` gives the reason without the name. All bytes before the failure are returned first, and none
  /// after it.
  tl::expected<std::string_view, Failure> read();
  /// The bytes that the next read() will return. Before the first read() these are a whole block, so that a
  /// table can be judged by its first rows; of a pipe that pauses, what has come by then, at least the first line.
  tl::expected<std::string_view, Failure> peek();
  /// Whether the file is UTF-16; known after the first peek() or read().
  bool is_utf16() const;
  /// Number of bytes, inflated and in UTF-8, that read() and peek() have returned.
  std::uint64_t n_bytes() const;
  /// The share of a regular file that was read, 0 to 1, of compressed bytes for gzip; negative for a pipe.
  double fraction_read() const;

 private:
  struct Impl;
  explicit ByteSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
