#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "dsp/simd.h"
#include "ingest/decoders.h"
#include "ingest/mono_output.h"
#include "ingest/ogg_links.h"
#include "ingest/stated_lengths.h"

namespace hitscope::ingest {
namespace {

constexpr sf_count_t kBlockFrames = 2048;  // all copies of a block stay in the first-level cache

struct MemoryFile {
  std::span<const std::byte> bytes;
  std::vector<Patch> patches;  ///< read in place of what stands there
  sf_count_t position = 0;

  sf_count_t size() const { return static_cast<sf_count_t>(bytes.size()); }
};

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->position : file->size();
  file->position = std::clamp<sf_count_t>(base + offset, 0, file->size());
  return file->position;
}

sf_count_t read(void* out, sf_count_t count, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  const sf_count_t n = std::clamp<sf_count_t>(count, 0, file->size() - file->position);
  const auto first = static_cast<std::size_t>(file->position);
  std::memcpy(out, file->bytes.data() + first, static_cast<std::size_t>(n));
  for (const Patch& patch : file->patches) {
    for (std::size_t i = 0; i < patch.bytes.size(); ++i) {
      const std::size_t at = patch.at + i;
      if (at >= first && at - first < static_cast<std::size_t>(n))
        static_cast<std::byte*>(out)[at - first] = patch.bytes[i];
    }
  }
  file->position += n;
  return n;
}

SF_VIRTUAL_IO memory_io() {
  return {[](void* user) { return static_cast<MemoryFile*>(user)->size(); }, seek, read,
          [](const void*, sf_count_t, void*) -> sf_count_t { return 0; },
          [](void* user) { return static_cast<MemoryFile*>(user)->position; }};
}

/// libsndfile's length of the file, which it has lowered to what the file holds, or the one that the header states.
std::optional<std::int64_t> promised_samples(std::span<const std::byte> bytes, AudioType type, const SF_INFO& info) {
  if (type == AudioType::kAiff) {
    if (const auto promised = aiff_promised_frames(bytes)) return promised;
  }
  if (type == AudioType::kWav) {
    if (const auto promised = wav_promised_frames(bytes, info.frames)) return promised;
  }
  const int coding = info.format & SF_FORMAT_SUBMASK;
  const bool is_estimate = coding >= SF_FORMAT_MPEG_LAYER_I && coding <= SF_FORMAT_MPEG_LAYER_III;
  if (!is_estimate && info.frames > 0 && info.frames < std::numeric_limits<sf_count_t>::max()) return info.frames;
  return std::nullopt;
}

HITSCOPE_CLONES void to_float(const short* __restrict from, std::size_t n, float* __restrict to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<float>(from[i]) * 0x1p-15F;
}

/// Interleaved samples, a few at a time. 16-bit files are read as such: libsndfile turns them into floats one by one.
class Block {
 public:
  explicit Block(const SF_INFO& info)
      : n_channels_(static_cast<std::size_t>(info.channels)),
        floats_(kBlockFrames * n_channels_),
        shorts_((info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16 ? floats_.size() : 0) {}

  /// Frames read, 0 at the end.
  std::size_t read(SNDFILE* file) {
    const sf_count_t n = shorts_.empty() ? sf_readf_float(file, floats_.data(), kBlockFrames)
                                         : sf_readf_short(file, shorts_.data(), kBlockFrames);
    if (n <= 0) return 0;
    if (!shorts_.empty()) to_float(shorts_.data(), static_cast<std::size_t>(n) * n_channels_, floats_.data());
    return static_cast<std::size_t>(n);
  }
  std::span<const float> samples(std::size_t n_frames) const { return {floats_.data(), n_frames * n_channels_}; }

 private:
  std::size_t n_channels_;
  std::vector<float> floats_;
  std::vector<short> shorts_;
};

}  // namespace

Decoded decode_sndfile(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                       const DecodeOptions& options, SampleSink& sink) {
  MemoryFile memory{bytes, length_patches(bytes, type)};
  SF_VIRTUAL_IO io = memory_io();
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_READ, &info, &memory), sf_close);
  if (file == nullptr || info.samplerate < 1 || info.channels < 1) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, sf_strerror(nullptr)));
  }
  if (auto refusal = refused_by_header(info.samplerate, info.channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  StreamedSound sound;
  sound.sample_rate = info.samplerate;
  sound.n_channels = info.channels;
  sound.promised_samples = promised_samples(bytes, type, info);
  if (type == AudioType::kFlac) {  // the others hold no more samples than bytes, or may say anything of their length
    if (auto refusal = refused_by_length(sound.promised_samples, info.samplerate, name, options)) {
      return tl::make_unexpected(std::move(*refusal));
    }
  }
  sound.cut_off = type == AudioType::kOgg && !ogg_has_end(bytes);
  MonoOutput out(bytes, options, sink);
  out.begin(info.samplerate, sound.promised_samples.value_or(0));
  Block block(info);
  while (!out.is_full()) {
    const std::size_t n = block.read(file.get());
    if (n == 0) break;
    out.mix(block.samples(n), info.channels);
  }
  sound.cut = out.is_full();
  sound.n_samples = out.n_samples();
  return sound;
}

}  // namespace hitscope::ingest
