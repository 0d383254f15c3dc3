#include <mpg123.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "ingest/pcm.h"

namespace hitscope::ingest {
namespace {

struct Source {
  std::span<const std::byte> bytes;
  std::size_t position = 0;
};

mpg123_ssize_t read_source(void* handle, void* out, std::size_t size) {
  auto* source = static_cast<Source*>(handle);
  const std::size_t n = std::min(size, source->bytes.size() - source->position);
  std::memcpy(out, source->bytes.data() + source->position, n);
  source->position += n;
  return static_cast<mpg123_ssize_t>(n);
}

using Handle = std::unique_ptr<mpg123_handle, void (*)(mpg123_handle*)>;

Handle open_handle(Source& source) {
  Handle handle(mpg123_new(nullptr, nullptr), mpg123_delete);
  if (handle == nullptr) throw std::bad_alloc();
  mpg123_handle* h = handle.get();
  // Without an ID3 reader hostile tags are skipped as bytes. Resync through garbage as far as the file goes.
  mpg123_param(h, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_GAPLESS | MPG123_SKIP_ID3V2, 0.0);
  mpg123_param(h, MPG123_RESYNC_LIMIT, -1, 0.0);
  mpg123_replace_reader_handle(h, read_source, nullptr, nullptr);  // not seekable: lengths come from headers only
  return mpg123_open_handle(h, &source) == MPG123_OK ? std::move(handle) : Handle(nullptr, mpg123_delete);
}

}  // namespace

tl::expected<Pcm, Failure> decode_mp3(std::span<const std::byte> bytes, const std::string& name,
                                      const DecodeOptions& options) {
  Source source{bytes};
  const Handle handle = open_handle(source);
  mpg123_handle* h = handle.get();
  long rate = 0;
  int channels = 0;
  int encoding = 0;
  if (h == nullptr || mpg123_getformat(h, &rate, &channels, &encoding) != MPG123_OK || rate < 1 || channels < 1) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name,
                                              h == nullptr ? "libmpg123 cannot open it" : mpg123_strerror(h)));
  }
  // Later frames of another format would change the channel count in mid-file: fix what the first frame said.
  mpg123_format_none(h);
  mpg123_format(h, rate, channels, MPG123_ENC_FLOAT_32);
  Pcm pcm;
  pcm.sample_rate = static_cast<int>(rate);
  pcm.n_channels = channels;
  if (const off_t promised = mpg123_length(h); promised > 0) pcm.promised_frames = promised;
  const auto limit = static_cast<std::size_t>(options.max_duration_s * static_cast<double>(rate));
  std::vector<float> block(16384);
  int code = MPG123_OK;
  while (code == MPG123_OK && !pcm.cut) {
    std::size_t done = 0;
    code = mpg123_read(h, reinterpret_cast<unsigned char*>(block.data()), block.size() * sizeof(float), &done);
    append_mono({block.data(), done / sizeof(float)}, channels, pcm.mono);
    pcm.cut = pcm.mono.size() >= limit;
  }
  if (pcm.cut) pcm.mono.resize(limit);
  // The bytes ended inside a frame: what came before is whole, and `decode` compares it with the promised length.
  if (code == MPG123_ERR && mpg123_errcode(h) == MPG123_ERR_READER) code = MPG123_DONE;
  if (code != MPG123_OK && code != MPG123_DONE) {
    const std::string why = code == MPG123_NEW_FORMAT ? "its sample rate changes in mid-file" : mpg123_strerror(h);
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  }
  return pcm;
}

}  // namespace hitscope::ingest
