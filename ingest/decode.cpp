#include "ingest/decode.h"

#include <algorithm>
#include <stdexcept>

#include "dsp/simd.h"
#include "ingest/decoders.h"
#include "ingest/ogg_links.h"

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

std::optional<Refusal> refused_by_length(std::optional<std::int64_t> promised, int sample_rate, const std::string& name,
                                         const DecodeOptions& options) {
  const double wanted = std::min(static_cast<double>(promised.value_or(0)), options.max_duration_s * sample_rate);
  if (wanted <= double{kMostSamples}) return std::nullopt;
  return Refusal(too_many_samples(sample_rate, name), true);
}

std::size_t most_samples(const DecodeOptions& options, int sample_rate) {
  return static_cast<std::size_t>(std::min(options.max_duration_s * sample_rate, double{kMostSamples}));
}

std::optional<Refusal> refused_by_header(int sample_rate, int n_channels, const std::string& name,
                                         const DecodeOptions& options) {
  if (n_channels > options.max_channels) {
    return Refusal(decode_failure(FailureKind::kTooManyChannels, name,
                                  "it has " + std::to_string(n_channels) + " channels; at most " +
                                      std::to_string(options.max_channels) + " are allowed"),
                   true);
  }
  if (sample_rate < 1000 || sample_rate > 768000) {
    return Refusal(
        decode_failure(FailureKind::kUndecodable, name,
                       "its sample rate is " + std::to_string(sample_rate) + " Hz; it must be 1000 to 768000 Hz"),
        true);
  }
  return std::nullopt;
}

namespace {

HITSCOPE_CLONES void mean_of_two(const float* __restrict interleaved, std::size_t n_frames, float* __restrict mono) {
  for (std::size_t i = 0; i < n_frames; ++i) mono[i] = (interleaved[2 * i] + interleaved[2 * i + 1]) * 0.5F;
}

}  // namespace

void append_mono(std::span<const float> interleaved, int n_channels, Downmix downmix, std::vector<float>& mono) {
  if (n_channels == 1) {
    mono.insert(mono.end(), interleaved.begin(), interleaved.end());
    return;
  }
  const std::size_t n_frames = interleaved.size() / n_channels;
  const std::size_t first = mono.size();
  mono.resize(first + n_frames);
  if (downmix == Downmix::kFirst) {
    for (std::size_t i = 0; i < n_frames; ++i) mono[first + i] = interleaved[i * n_channels];
    return;
  }
  if (n_channels == 2) return mean_of_two(interleaved.data(), n_frames, mono.data() + first);
  const float gain = 1.0F / static_cast<float>(n_channels);
  for (std::size_t i = 0; i < n_frames; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_channels; ++c) sum += interleaved[i * n_channels + c];
    mono[first + i] = sum * gain;
  }
}

namespace {

/// Asks one decoder after the other, until one gives samples or refuses for good. Where none does, the last, which
/// knows most formats, says why.
Decoded first_that_can(std::span<const Decoder> decoders, std::span<const std::byte> bytes, const std::string& name,
                       AudioType type, const DecodeOptions& options) {
  std::optional<Recording> without_samples;
  std::optional<Refusal> refusal;
  for (const Decoder decode : decoders) {
    Decoded recording = decode(bytes, name, type, options);
    if (recording && !recording->waveform.samples.empty()) return recording;
    if (recording) {
      without_samples = std::move(*recording);
    } else if (recording.error().failure.kind == FailureKind::kNoDecoder && refusal) {
      refusal->failure.detail += "; FFmpeg's libraries, which may know it, are not installed";
    } else {
      refusal = std::move(recording.error());
    }
    if (refusal && refusal->is_final) break;
  }
  if (without_samples) return *std::move(without_samples);
  return tl::make_unexpected(*std::move(refusal));
}

std::span<const Decoder> decoders_of(Reader reader) {
  static constexpr Decoder kSndfile[] = {decode_sndfile, decode_ffmpeg};
  static constexpr Decoder kMpeg[] = {decode_mp3, decode_mpg123, decode_ffmpeg};
  static constexpr Decoder kFfmpeg[] = {decode_ffmpeg};
  switch (reader) {
    case Reader::kSndfile:
      return kSndfile;
    case Reader::kMpeg:
      return kMpeg;
    case Reader::kFfmpeg:
      break;
  }
  return kFfmpeg;
}

/// Appends a link of a chained file to those before it; the reason where it does not go with them.
std::string append_link(Recording& whole, Recording link) {
  if (whole.waveform.sample_rate != link.waveform.sample_rate) {
    return "its sample rate changes from " + std::to_string(whole.waveform.sample_rate) + " to " +
           std::to_string(link.waveform.sample_rate) + " Hz within the file";
  }
  auto& samples = whole.waveform.samples;
  samples.insert(samples.end(), link.waveform.samples.begin(), link.waveform.samples.end());
  whole.n_channels = std::max(whole.n_channels, link.n_channels);
  whole.cut = link.cut;
  whole.cut_off = whole.cut_off || link.cut_off;
  whole.promised_samples = whole.promised_samples && link.promised_samples
                               ? std::optional(*whole.promised_samples + *link.promised_samples)
                               : std::nullopt;
  return "";
}

/// Decodes OGG link by link: libsndfile knows the first only.
Decoded decode_ogg(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                   const DecodeOptions& options) {
  std::optional<Recording> whole;
  for (const std::span<const std::byte> link : ogg_links(bytes)) {
    // libsndfile 1.2.0 does not read FLAC in OGG to its end.
    const auto decoders = decoders_of(holds_flac(link) ? Reader::kFfmpeg : Reader::kSndfile);
    DecodeOptions rest = options;
    if (whole) rest.max_duration_s -= whole->waveform.duration_s();
    Decoded recording = first_that_can(decoders, link, name, type, rest);
    if (!recording) return recording;
    if (!whole) {
      whole = std::move(*recording);
    } else if (const std::string why = append_link(*whole, std::move(*recording)); !why.empty()) {
      return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
    }
    if (whole->cut || whole->waveform.samples.size() >= kMostSamples) break;
  }
  whole->cut = whole->cut || whole->waveform.samples.size() >= kMostSamples;
  return *std::move(whole);
}

}  // namespace

tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options) {
  if (bytes.empty()) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "the file has no bytes"));
  }
  const AudioType type = audio_type_of(bytes);
  const AudioFormat* format = find_format(type);
  if (format == nullptr) {
    return tl::make_unexpected(
        decode_failure(FailureKind::kNotAudio, name, "its first bytes are those of no known audio format"));
  }
  // Any format may carry ID3; the MP3 decoder skips the tags, and what they are in place of, itself.
  const auto untagged = format->reader == Reader::kMpeg ? bytes : bytes.subspan(id3v2_bytes(bytes));
  Decoded recording = type == AudioType::kOgg
                          ? decode_ogg(untagged, name, type, options)
                          : first_that_can(decoders_of(format->reader), untagged, name, type, options);
  if (!recording) return tl::make_unexpected(std::move(recording.error().failure));
  recording->type = type;
  if (recording->file_sample_rate == 0) recording->file_sample_rate = recording->waveform.sample_rate;
  // Cut for the number of samples, not for the length.
  if (recording->cut && recording->waveform.samples.size() >= kMostSamples) {
    return tl::make_unexpected(too_many_samples(recording->waveform.sample_rate, name));
  }
  if (recording->waveform.samples.empty()) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "it holds no samples"));
  }
  return *std::move(recording);
}

}  // namespace hitscope::ingest
