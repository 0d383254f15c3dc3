// The bytes of a file or of standard input, in blocks; what begins as gzip does is gunzipped on the way, by zlib.
//
// Whether it is gzip is told by the first two bytes, never by the name. Members that follow one another (bgzip, pigz,
// `cat a.gz b.gz`) are read as one; bytes behind the last that are no gzip are ignored, as gzip does. A pipe is handed
// on as it comes: a slow writer's line is not kept back until a buffer is full.
// Holds two buffers of a fixed size, whatever the file. A read that a signal interrupts is taken up again.
// Thread safety: one thread per source.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "ingest/failure.h"

namespace hitscope::ingest::tables {

class ByteSource {
 public:
  /// Opens a file; "-" is standard input (which stays open for others). Failure (kBadFile): cannot be opened, with the
  /// system's reason.
  static tl::expected<ByteSource, Failure> open(const std::filesystem::path& path);
  ~ByteSource();
  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;

  /// For messages: the path, or "standard input".
  const std::string& name() const;
  /// The next bytes, valid until the next call; empty at the end only. Failure (kUnreadable): the system refused, or
  /// the gzip data is damaged or cut short; `detail` says what, without the name. All bytes before it are handed out
  /// first, and nothing comes after it.
  tl::expected<std::string_view, Failure> read();
  /// What the next read() will return, without taking it. Before the first read() these are the first line at least,
  /// as far as it and the block reach.
  tl::expected<std::string_view, Failure> peek();
  /// How much of a regular file was taken, 0 to 1, in compressed bytes for gzip; negative for a pipe.
  double fraction_read() const;

 private:
  struct Impl;
  explicit ByteSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::ingest::tables
