// Undoes the gzip encoding of a body that came with it although it was not asked for, piece by piece, by zlib.
//
// A body that does not begin as gzip does is passed on as it is: some servers say gzip and send the file. At most
// kPieceBytes are held. The caller bounds the number of bytes; ingest/inflation.h bounds how far they inflate.
// Thread safety: one thread per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/failure.h"

namespace hitscope::ingest {

class GzipBody {
 public:
  static constexpr std::size_t kPieceBytes = 64U << 10U;

  GzipBody();
  ~GzipBody();
  GzipBody(const GzipBody&) = delete;
  GzipBody& operator=(const GzipBody&) = delete;

  /// Takes the next bytes of the body and hands on what they inflate to. False where that must end: `take` said so, or
  /// there is a failure().
  bool read(std::string_view bytes, const std::function<bool(std::string_view)>& take);
  /// Why it cannot be undone: kTruncated for data that is damaged, or that is over (`at_end`) before its end, kTooLarge
  /// for data that inflates too far.
  std::optional<Failure> failure(bool at_end) const;

 private:
  struct Stream;
  bool inflate_all(std::string_view bytes, const std::function<bool(std::string_view)>& take);

  std::unique_ptr<Stream> stream_;
  std::optional<Failure> failure_;
};

}  // namespace hitscope::ingest
