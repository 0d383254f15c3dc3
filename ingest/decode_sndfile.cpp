#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include "dsp/simd.h"
#include "ingest/decoders.h"

namespace hitscope::ingest {
namespace {

constexpr sf_count_t kBlockFrames = 2048;  // all copies of a block stay in the first-level cache

struct MemoryFile {
  std::span<const std::byte> bytes;
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
  std::memcpy(out, file->bytes.data() + file->position, static_cast<std::size_t>(n));
  file->position += n;
  return n;
}

SF_VIRTUAL_IO memory_io() {
  return {[](void* user) { return static_cast<MemoryFile*>(user)->size(); }, seek, read,
          [](const void*, sf_count_t, void*) -> sf_count_t { return 0; },
          [](void* user) { return static_cast<MemoryFile*>(user)->position; }};
}

std::uint32_t u32(std::span<const std::byte> bytes, std::size_t at, bool big_endian) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8U * (big_endian ? 3 - i : i));
  }
  return value;
}

/// Where the chunk `name` of an IFF file (WAV: little-endian, AIFF: big-endian) has its size field; nullopt without
/// one.
std::optional<std::size_t> find_chunk(std::span<const std::byte> bytes, const char* name, bool big_endian) {
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    if (std::memcmp(bytes.data() + at, name, 4) == 0) return at + 4;
    const std::size_t size = u32(bytes, at + 4, big_endian);
    at += 8 + size + (size & 1U);
  }
  return std::nullopt;
}

/// Bytes of sound that a WAV's header claims; nullopt where it is streamed and says "unknown".
std::optional<std::uint64_t> wav_claimed_bytes(std::span<const std::byte> bytes, std::size_t data) {
  const std::uint32_t size = u32(bytes, data, false);
  if (size != 0 && size < 0xFFFF'FF00U) return size;
  const auto ds64 = find_chunk(bytes, "ds64", false);  // RF64: size, then that of the file (8 bytes) and of the data
  if (!ds64 || *ds64 + 20 > bytes.size()) return std::nullopt;
  return u32(bytes, *ds64 + 12, false) | static_cast<std::uint64_t>(u32(bytes, *ds64 + 16, false)) << 32U;
}

/// Frames that the header claims. libsndfile silently lowers the number to what the file holds.
std::optional<std::int64_t> wav_promised_frames(std::span<const std::byte> bytes, const SF_INFO& info) {
  const auto data = find_chunk(bytes, "data", false);
  const auto claimed = data ? wav_claimed_bytes(bytes, *data) : std::nullopt;
  const std::uint64_t held = data ? bytes.size() - (*data + 4) : 0;
  if (!claimed || *claimed <= held || held == 0) return std::nullopt;
  // In proportion: right for every coding, blocks of ADPCM included.
  const double frames = static_cast<double>(info.frames) * static_cast<double>(*claimed) / static_cast<double>(held);
  if (!(frames < 1e15)) return std::nullopt;
  return std::max<std::int64_t>(info.frames + 1, static_cast<std::int64_t>(frames));
}

std::optional<std::int64_t> aiff_promised_frames(std::span<const std::byte> bytes) {
  const auto common = find_chunk(bytes, "COMM", true);  // size, then channels (2 bytes) and frames (4)
  if (!common || *common + 10 > bytes.size()) return std::nullopt;
  return u32(bytes, *common + 6, true);
}

std::optional<std::int64_t> promised_samples(std::span<const std::byte> bytes, AudioType type, const SF_INFO& info) {
  if (type == AudioType::kAiff) {
    if (const auto promised = aiff_promised_frames(bytes)) return promised;
  }
  if (type == AudioType::kWav) {
    if (const auto promised = wav_promised_frames(bytes, info)) return promised;
  }
  if (info.frames > 0 && info.frames < std::numeric_limits<sf_count_t>::max()) return info.frames;
  return std::nullopt;
}

/// Whether any page of the last 64 KiB (the longest page) is marked as the end of its stream.
bool ogg_has_end(std::span<const std::byte> bytes) {
  constexpr std::size_t kLongestPage = 65307;
  constexpr auto kEndOfStream = std::byte{4};
  for (std::size_t at = bytes.size() - std::min(bytes.size(), kLongestPage); at + 6 <= bytes.size(); ++at) {
    const bool page = std::memcmp(bytes.data() + at, "OggS", 4) == 0;
    if (page && (bytes[at + 5] & kEndOfStream) != std::byte{0}) return true;
  }
  return false;
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

tl::expected<Recording, Failure> decode_sndfile(std::span<const std::byte> bytes, const std::string& name,
                                                AudioType type, const DecodeOptions& options) {
  MemoryFile memory{bytes};
  SF_VIRTUAL_IO io = memory_io();
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_READ, &info, &memory), sf_close);
  if (file == nullptr || info.samplerate < 1 || info.channels < 1) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, sf_strerror(nullptr)));
  }
  if (auto refusal = refused_by_header(info.samplerate, info.channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  Recording recording;
  recording.waveform.sample_rate = info.samplerate;
  recording.n_channels = info.channels;
  recording.promised_samples = promised_samples(bytes, type, info);
  if (type == AudioType::kFlac) {  // the others hold no more samples than bytes, or may say anything of their length
    if (auto refusal = refused_by_length(recording.promised_samples, info.samplerate, name, options)) {
      return tl::make_unexpected(std::move(*refusal));
    }
  }
  recording.cut_off = type == AudioType::kOgg && !ogg_has_end(bytes);
  std::vector<float>& mono = recording.waveform.samples;
  const std::size_t limit = most_samples(options, info.samplerate);
  // The header may lie: memory that is reserved and not written costs nothing.
  const auto hint = static_cast<std::size_t>(std::max<std::int64_t>(0, recording.promised_samples.value_or(0)));
  mono.reserve(std::min(limit, hint) + kBlockFrames);
  Block block(info);
  while (!recording.cut) {
    const std::size_t n = block.read(file.get());
    if (n == 0) break;
    append_mono(block.samples(n), info.channels, mono);
    recording.cut = mono.size() >= limit;
  }
  if (recording.cut) mono.resize(limit);
  return recording;
}

}  // namespace hitscope::ingest
