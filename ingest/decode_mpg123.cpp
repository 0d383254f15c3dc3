#include <mpg123.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "ingest/decoders.h"
#include "ingest/mono_output.h"

namespace hitscope::ingest {
namespace {

struct Source {
  std::span<const std::byte> bytes;
  off_t position = 0;

  static ssize_t read(void* self, void* out, std::size_t size) {
    auto* source = static_cast<Source*>(self);
    const std::size_t n = std::min(size, source->bytes.size() - static_cast<std::size_t>(source->position));
    if (n > 0) std::memcpy(out, source->bytes.data() + source->position, n);
    source->position += static_cast<off_t>(n);
    return static_cast<ssize_t>(n);
  }
  static off_t seek(void* self, off_t offset, int whence) {
    auto* source = static_cast<Source*>(self);
    const auto size = static_cast<off_t>(source->bytes.size());
    const off_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->position : size;
    if (offset < -base || offset > size - base) return -1;
    return source->position = base + offset;
  }
};

using Handle = std::unique_ptr<mpg123_handle, decltype(&mpg123_delete)>;

/// A decoder of floats that has opened `source`; null where it holds no MPEG audio.
Handle open(Source& source) {
  Handle handle(mpg123_new(nullptr, nullptr), mpg123_delete);
  if (!handle) throw std::bad_alloc();
  mpg123_param(handle.get(), MPG123_ADD_FLAGS, MPG123_FORCE_FLOAT | MPG123_QUIET, 0.0);
  mpg123_param(handle.get(), MPG123_RESYNC_LIMIT, 65536, 0.0);
  mpg123_replace_reader_handle(handle.get(), Source::read, Source::seek, nullptr);
  if (mpg123_open_handle(handle.get(), &source) != MPG123_OK) handle.reset();
  return handle;
}

}  // namespace

Decoded decode_mpg123(std::span<const std::byte> bytes, const std::string& name, AudioType /*type*/,
                      const DecodeOptions& options, SampleSink& sink) {
  const auto failed = [&](const std::string& why) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  };
  Source source{bytes};
  const Handle handle = open(source);
  long rate = 0;
  int n_channels = 0;
  int encoding = 0;
  if (!handle || mpg123_getformat(handle.get(), &rate, &n_channels, &encoding) != MPG123_OK) {
    return failed("it holds no sequence of MPEG audio frames");
  }
  StreamedSound sound;
  sound.sample_rate = static_cast<int>(rate);
  sound.n_channels = n_channels;
  if (auto refusal = refused_by_header(sound.sample_rate, n_channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  MonoOutput out(bytes, options, sink);
  out.begin(sound.sample_rate);
  std::array<float, 4608> block{};
  int code = MPG123_OK;
  while (code == MPG123_OK && !out.is_full()) {
    std::size_t n = 0;
    code = mpg123_read(handle.get(), reinterpret_cast<unsigned char*>(block.data()), sizeof block, &n);
    out.mix(std::span(block).first(n / sizeof(float)), n_channels);
  }
  if (code == MPG123_NEW_FORMAT) return failed("its sample rate or number of channels changes within the file");
  sound.cut = out.is_full();
  sound.n_samples = out.n_samples();
  return sound;
}

}  // namespace hitscope::ingest
