#include "ingest/gzip_body.h"

#include <zlib.h>

#include <new>
#include <vector>

#include "ingest/inflation.h"

namespace hitscope::ingest {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::string_view kMagic = "\x1F\x8B";

Failure problem(FailureKind kind, Action action, const std::string& why) {
  return {Stage::kFetch, kind, "the body came with gzip encoding, which was not asked for, and " + why, action};
}

}  // namespace

struct GzipBody::Stream {
  Stream() {
    if (inflateInit2(&zlib, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Stream() { inflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream zlib{};
  std::vector<char> piece = std::vector<char>(kPieceBytes);
  std::string begin;        // of the body, until it is known to be gzip or not
  bool is_plain = false;    // not gzip
  bool is_over = false;     // after the end; what follows is ignored, as browsers do
  std::uint64_t n_in = 0;   // bytes of gzip
  std::uint64_t n_out = 0;  // bytes they inflated to
};

GzipBody::GzipBody() : stream_(std::make_unique<Stream>()) {}
GzipBody::~GzipBody() = default;

bool GzipBody::read(std::string_view bytes, const std::function<bool(std::string_view)>& take) {
  Stream& s = *stream_;
  if (s.is_plain) return take(bytes);
  if (s.n_in > 0) return inflate_all(bytes, take);
  s.begin += bytes;
  if (s.begin.size() < kMagic.size()) return true;
  const std::string begin = std::move(s.begin);
  s.begin.clear();
  s.is_plain = !begin.starts_with(kMagic);
  return s.is_plain ? take(begin) : inflate_all(begin, take);
}

bool GzipBody::inflate_all(std::string_view bytes, const std::function<bool(std::string_view)>& take) {
  Stream& s = *stream_;
  s.n_in += bytes.size();
  s.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads them
  s.zlib.avail_in = static_cast<uInt>(bytes.size());
  bool is_full = true;
  while (!s.is_over && (s.zlib.avail_in > 0 || is_full)) {
    s.zlib.next_out = reinterpret_cast<Bytef*>(s.piece.data());
    s.zlib.avail_out = static_cast<uInt>(s.piece.size());
    const int code = ::inflate(&s.zlib, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      failure_ = problem(FailureKind::kTruncated, Action::kRetry, "its gzip data is damaged");
      return false;
    }
    s.is_over = code == Z_STREAM_END;
    is_full = s.zlib.avail_out == 0;
    const std::size_t n = s.piece.size() - s.zlib.avail_out;
    s.n_out += n;
    if (inflates_too_far(s.n_in, s.n_out)) {
      failure_ =
          problem(FailureKind::kTooLarge, Action::kSkip,
                  "inflates to more than " + std::to_string(kMostInflation) + " times its size, as no clip does");
      return false;
    }
    if (n > 0 && !take({s.piece.data(), n})) return false;
  }
  return true;
}

std::optional<Failure> GzipBody::failure(bool at_end) const {
  if (failure_ || !at_end || stream_->is_plain || stream_->is_over) return failure_;
  if (stream_->n_in == 0 && stream_->begin.empty()) return std::nullopt;  // an empty body, which has its own failure
  return problem(FailureKind::kTruncated, Action::kRetry, "its gzip data ends early");
}

}  // namespace hitscope::ingest
