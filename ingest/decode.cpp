#include "ingest/decode.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>

#include "ingest/pcm.h"

namespace hitscope::ingest {
namespace {

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

std::string seconds(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g s", value);
  return buffer.data();
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

/// Frames that the header claims. libsndfile silently lowers the number to what the file holds.
std::optional<std::int64_t> wav_promised_frames(std::span<const std::byte> bytes, std::int64_t bytes_per_frame) {
  const auto data = find_chunk(bytes, "data", false);
  if (!data || bytes_per_frame < 1) return std::nullopt;
  const std::uint32_t size = u32(bytes, *data, false);
  if (size == 0 || size >= 0xFFFF'FF00U) return std::nullopt;  // "unknown" in streamed files
  return static_cast<std::int64_t>(size) / bytes_per_frame;
}

std::optional<std::int64_t> aiff_promised_frames(std::span<const std::byte> bytes) {
  const auto common = find_chunk(bytes, "COMM", true);  // size, then channels (2 bytes) and frames (4)
  if (!common || *common + 10 > bytes.size()) return std::nullopt;
  return u32(bytes, *common + 6, true);
}

std::int64_t wav_bytes_per_frame(const SF_INFO& info) {
  switch (info.format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_U8:
      return info.channels;
    case SF_FORMAT_PCM_16:
      return 2LL * info.channels;
    case SF_FORMAT_PCM_24:
      return 3LL * info.channels;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_FLOAT:
      return 4LL * info.channels;
    case SF_FORMAT_DOUBLE:
      return 8LL * info.channels;
    default:
      return 0;  // compressed: no fixed size
  }
}

/// What the header alone rules out, or nullopt.
std::optional<Failure> refused_by_header(const Pcm& pcm, const std::string& name, const DecodeOptions& options) {
  if (pcm.n_channels > options.max_channels) {
    return decode_failure(FailureKind::kTooManyChannels, name,
                          std::to_string(pcm.n_channels) + " channels; at most " +
                              std::to_string(options.max_channels) + " are averaged (see --max-channels)");
  }
  if (pcm.sample_rate < 1000 || pcm.sample_rate > 768000) {
    return decode_failure(FailureKind::kUndecodable, name,
                          "sample rate " + std::to_string(pcm.sample_rate) + " Hz; it must be 1000 to 768000");
  }
  return std::nullopt;
}

tl::expected<Pcm, Failure> decode_sndfile(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                                          const DecodeOptions& options) {
  MemoryFile memory{bytes};
  SF_VIRTUAL_IO io = memory_io();
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_READ, &info, &memory), sf_close);
  if (file == nullptr || info.samplerate < 1 || info.channels < 1) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, sf_strerror(nullptr)));
  }
  Pcm pcm;
  pcm.sample_rate = info.samplerate;
  pcm.n_channels = info.channels;
  if (refused_by_header(pcm, name, options)) return pcm;  // `judge` says so again; nothing is read
  if (info.frames > 0 && info.frames < std::numeric_limits<sf_count_t>::max()) pcm.promised_frames = info.frames;
  if (type == AudioType::kAiff) {
    if (const auto promised = aiff_promised_frames(bytes)) pcm.promised_frames = promised;
  }
  if (type == AudioType::kWav) {
    if (const auto promised = wav_promised_frames(bytes, wav_bytes_per_frame(info))) pcm.promised_frames = promised;
  }
  const double limit_frames = options.max_duration_s * info.samplerate;
  const auto limit = static_cast<std::size_t>(limit_frames);
  constexpr sf_count_t kBlockFrames = 8192;
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * info.channels);
  while (!pcm.cut) {
    const sf_count_t n = sf_readf_float(file.get(), block.data(), kBlockFrames);
    if (n <= 0) break;
    append_mono({block.data(), static_cast<std::size_t>(n) * info.channels}, info.channels, pcm.mono);
    pcm.cut = pcm.mono.size() >= limit;
  }
  if (pcm.cut) pcm.mono.resize(limit);
  return pcm;
}

/// What is wrong with decoded audio, or nullopt.
std::optional<Failure> judge(const Pcm& pcm, const std::string& name, AudioType type, const DecodeOptions& options) {
  if (auto failure = refused_by_header(pcm, name, options)) return failure;
  const auto got = static_cast<std::int64_t>(pcm.mono.size());
  const double rate = pcm.sample_rate;
  // Two MP3 frames: encoders differ in how they count the padding.
  const std::int64_t tolerated_frames = type == AudioType::kMp3 ? 2304 : 0;
  if (!pcm.cut && pcm.promised_frames && got + tolerated_frames < *pcm.promised_frames) {
    return decode_failure(FailureKind::kTruncated, name,
                          "the header promises " + seconds(static_cast<double>(*pcm.promised_frames) / rate) +
                              ", the file holds " + seconds(static_cast<double>(got) / rate));
  }
  if (static_cast<double>(got) < options.min_duration_s * rate || got == 0) {
    return decode_failure(FailureKind::kTooShort, name,
                          std::to_string(got) + " samples (" + seconds(static_cast<double>(got) / rate) +
                              "); at least " + seconds(options.min_duration_s) + " are needed (see --min-duration)");
  }
  const auto bad = std::find_if(pcm.mono.begin(), pcm.mono.end(), [](float x) { return !std::isfinite(x); });
  if (bad != pcm.mono.end()) {
    return decode_failure(FailureKind::kNotFinite, name,
                          "sample " + std::to_string(bad - pcm.mono.begin()) + " is not a finite number; all must be");
  }
  return std::nullopt;
}

}  // namespace

void DecodeOptions::validate() const {
  const auto require = [](bool ok, const char* field, auto value, const char* rule) {
    if (!ok) throw std::invalid_argument(std::string(field) + " is " + std::to_string(value) + "; it must be " + rule);
  };
  require(max_duration_s > 0.0 && max_duration_s <= 86400.0, "max-duration", max_duration_s,
          "above 0, at most 86400 s");
  require(min_duration_s >= 0.0 && min_duration_s <= 86400.0, "min-duration", min_duration_s, "0 to 86400 s");
  require(max_channels >= 1 && max_channels <= 64, "max-channels", max_channels, "1 to 64");
}

Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why) {
  return {Stage::kDecode, kind, name + ": " + why};
}

void append_mono(std::span<const float> interleaved, int n_channels, std::vector<float>& mono) {
  const std::size_t n_frames = interleaved.size() / n_channels;
  if (n_channels == 1) {
    mono.insert(mono.end(), interleaved.begin(), interleaved.end());
    return;
  }
  const std::size_t first = mono.size();
  mono.resize(first + n_frames);
  const float gain = 1.0F / static_cast<float>(n_channels);
  for (std::size_t i = 0; i < n_frames; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_channels; ++c) sum += interleaved[i * n_channels + c];
    mono[first + i] = sum * gain;
  }
}

tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options) {
  if (bytes.empty()) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "the file has no bytes"));
  }
  const AudioType type = audio_type_of(bytes);
  if (type == AudioType::kUnknown) {
    return tl::make_unexpected(
        decode_failure(FailureKind::kNotAudio, name, "its first bytes are not those of WAV, FLAC, OGG, MP3 or AIFF"));
  }
  if (type == AudioType::kM4a) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, "M4A/AAC is not supported yet"));
  }
  auto pcm = type == AudioType::kMp3 ? decode_mp3(bytes, name, options) : decode_sndfile(bytes, name, type, options);
  if (!pcm) return tl::make_unexpected(pcm.error());
  if (auto failure = judge(*pcm, name, type, options)) return tl::make_unexpected(std::move(*failure));
  return Recording{dsp::Waveform{std::move(pcm->mono), pcm->sample_rate}, pcm->n_channels, type};
}

}  // namespace hitscope::ingest
