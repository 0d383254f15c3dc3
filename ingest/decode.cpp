#include "ingest/decode.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "dsp/simd.h"
#include "ingest/decoders.h"

namespace hitscope::ingest {

namespace {

constexpr std::size_t kMostSamples = 1U << 26U;  // 256 MB: the rate, and so the number, is a claim of the file

}  // namespace

Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why) {
  return {Stage::kDecode, kind, name + ": " + why};
}

namespace {

Failure too_many_samples(int sample_rate, const std::string& name) {
  return decode_failure(FailureKind::kTooLarge, name,
                        "more than " + std::to_string(kMostSamples) + " samples at " + std::to_string(sample_rate) +
                            " Hz, the most that is decoded");
}

}  // namespace

std::optional<Failure> refused_by_length(std::optional<std::int64_t> promised, int sample_rate, const std::string& name,
                                         const DecodeOptions& options) {
  const double wanted = std::min(static_cast<double>(promised.value_or(0)), options.max_duration_s * sample_rate);
  if (wanted <= double{kMostSamples}) return std::nullopt;
  return too_many_samples(sample_rate, name);
}

std::size_t most_samples(const DecodeOptions& options, int sample_rate) {
  return static_cast<std::size_t>(std::min(options.max_duration_s * sample_rate, double{kMostSamples}));
}

std::optional<Failure> refused_by_header(int sample_rate, int n_channels, const std::string& name,
                                         const DecodeOptions& options) {
  if (n_channels > options.max_channels) {
    return decode_failure(FailureKind::kTooManyChannels, name,
                          "it has " + std::to_string(n_channels) + " channels; at most " +
                              std::to_string(options.max_channels) + " are allowed");
  }
  if (sample_rate < 1000 || sample_rate > 768000) {
    return decode_failure(FailureKind::kUndecodable, name,
                          "its sample rate is " + std::to_string(sample_rate) + " Hz; it must be 1000 to 768000 Hz");
  }
  return std::nullopt;
}

namespace {

HITSCOPE_CLONES void mean_of_two(const float* __restrict interleaved, std::size_t n_frames, float* __restrict mono) {
  for (std::size_t i = 0; i < n_frames; ++i) mono[i] = (interleaved[2 * i] + interleaved[2 * i + 1]) * 0.5F;
}

}  // namespace

void append_mono(std::span<const float> interleaved, int n_channels, std::vector<float>& mono) {
  if (n_channels == 1) {
    mono.insert(mono.end(), interleaved.begin(), interleaved.end());
    return;
  }
  const std::size_t n_frames = interleaved.size() / n_channels;
  const std::size_t first = mono.size();
  mono.resize(first + n_frames);
  if (n_channels == 2) return mean_of_two(interleaved.data(), n_frames, mono.data() + first);
  const float gain = 1.0F / static_cast<float>(n_channels);
  for (std::size_t i = 0; i < n_frames; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_channels; ++c) sum += interleaved[i * n_channels + c];
    mono[first + i] = sum * gain;
  }
}

namespace {

/// Whether the first packet of an OGG file is FLAC's: it stands behind a page header of 27 bytes and one segment size.
bool holds_flac(std::span<const std::byte> ogg) {
  constexpr std::string_view kFlac =
      "\x7f"
      "FLAC";
  return ogg.size() >= 28 + kFlac.size() && std::memcmp(ogg.data() + 28, kFlac.data(), kFlac.size()) == 0;
}

}  // namespace

tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options) {
  if (bytes.empty()) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "the file has no bytes"));
  }
  const AudioType type = audio_type_of(bytes);
  const auto untagged = bytes.subspan(std::min(bytes.size(), id3v2_bytes(bytes)));  // FLAC and AAC may carry ID3, too
  const auto decoded = [&]() -> tl::expected<Recording, Failure> {
    switch (type) {
      case AudioType::kUnknown:
        return tl::make_unexpected(
            decode_failure(FailureKind::kNotAudio, name, "its bytes are not those of " + audio_format_names()));
      case AudioType::kMp3:
        return decode_mp3(bytes, name, options);
      case AudioType::kM4a:
      case AudioType::kAac:
        return decode_ffmpeg(untagged, name, type, options);
      case AudioType::kOgg:
        if (holds_flac(untagged)) return decode_ffmpeg(untagged, name, type, options);  // libsndfile 1.2.0 cannot
        return decode_sndfile(untagged, name, type, options);
      case AudioType::kWav:
      case AudioType::kFlac:
      case AudioType::kAiff:
        break;
    }
    return decode_sndfile(untagged, name, type, options);
  };
  auto recording = decoded();
  if (!recording) return recording;
  recording->type = type;
  if (recording->file_sample_rate == 0) recording->file_sample_rate = recording->waveform.sample_rate;
  // Cut for the number of samples, not for the length.
  if (recording->cut && recording->waveform.samples.size() >= kMostSamples) {
    return tl::make_unexpected(too_many_samples(recording->waveform.sample_rate, name));
  }
  if (recording->waveform.samples.empty()) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "it holds no samples"));
  }
  return recording;
}

}  // namespace hitscope::ingest
