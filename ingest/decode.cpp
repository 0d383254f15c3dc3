#include "ingest/decode.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ingest/decoders.h"
#include "ingest/ogg_links.h"

namespace hitscope::ingest {

Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why) {
  return {Stage::kDecode, kind, name + ": " + why};
}

namespace {

Failure too_many_samples(int sample_rate, const std::string& name, const DecodeOptions& options) {
  return decode_failure(FailureKind::kTooLarge, name,
                        "more than " + std::to_string(options.max_samples) + " samples at " +
                            std::to_string(sample_rate) + " Hz, the most that is decoded");
}

}  // namespace

std::optional<Refusal> refused_by_length(std::optional<std::int64_t> promised, int sample_rate, const std::string& name,
                                         const DecodeOptions& options) {
  const double wanted = std::min(static_cast<double>(promised.value_or(0)), options.max_duration_s * sample_rate);
  if (wanted <= static_cast<double>(options.max_samples)) return std::nullopt;
  return Refusal(too_many_samples(sample_rate, name, options), true);
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

/// Asks one decoder after the other, until one gives samples or refuses for good. Where none does, the last, which
/// knows most formats, says why.
Decoded first_that_can(std::span<const Decoder> decoders, std::span<const std::byte> bytes, const std::string& name,
                       AudioType type, const DecodeOptions& options, SampleSink& sink) {
  std::optional<StreamedSound> without_samples;
  std::optional<Refusal> refusal;
  for (const Decoder decode : decoders) {
    Decoded sound = decode(bytes, name, type, options, sink);
    if (sound && sound->n_samples > 0) return sound;
    if (sound) {
      without_samples = *sound;
    } else if (sound.error().failure.kind == FailureKind::kNoDecoder && refusal) {
      refusal->failure.detail += "; FFmpeg's libraries, which may know it, are not installed";
    } else {
      refusal = std::move(sound.error());
    }
    if (refusal && refusal->is_final) break;
  }
  if (without_samples) return *without_samples;
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

/// Passes the links of a chained file on as one sound.
class LinkSink final : public SampleSink {
 public:
  explicit LinkSink(SampleSink& sink) : sink_(sink) {}
  void begin(int sample_rate, std::size_t n_expected) override {
    if (is_first_) {
      rate_ = sample_rate;
      sink_.begin(sample_rate, n_expected);
    }
    goes_with_first_ = sample_rate == rate_;
  }
  bool take(std::span<const float> samples) override { return !goes_with_first_ || sink_.take(samples); }
  void end_link() { is_first_ = false; }

 private:
  SampleSink& sink_;
  bool is_first_ = true;
  bool goes_with_first_ = true;
  int rate_ = 0;
};

/// Appends a link of a chained file to those before it; the reason where it does not go with them.
std::string append_link(StreamedSound& whole, const StreamedSound& link) {
  if (whole.sample_rate != link.sample_rate) {
    return "its sample rate changes from " + std::to_string(whole.sample_rate) + " to " +
           std::to_string(link.sample_rate) + " Hz within the file";
  }
  whole.n_samples += link.n_samples;
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
                   const DecodeOptions& options, SampleSink& sink) {
  std::optional<StreamedSound> whole;
  LinkSink links(sink);
  for (const std::span<const std::byte> link : ogg_links(bytes)) {
    // libsndfile 1.2.0 does not read FLAC in OGG to its end.
    const auto decoders = decoders_of(holds_flac(link) ? Reader::kFfmpeg : Reader::kSndfile);
    DecodeOptions rest = options;
    if (whole) rest.max_duration_s -= whole->duration_s();
    const Decoded sound = first_that_can(decoders, link, name, type, rest, links);
    if (!sound && whole && !sound.error().is_final) {  // a recording that stopped just after a new song had begun
      whole->cut_off = true;
      break;
    }
    if (!sound) return sound;
    if (!whole) {
      whole = *sound;
    } else if (const std::string why = append_link(*whole, *sound); !why.empty()) {
      return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
    }
    links.end_link();
    if (whole->cut || whole->n_samples >= options.max_samples) break;
  }
  whole->cut = whole->cut || whole->n_samples >= options.max_samples;
  return *whole;
}

/// Keeps all samples.
class Collector final : public SampleSink {
 public:
  void begin(int /*sample_rate*/, std::size_t n_expected) override {
    samples_.clear();
    samples_.reserve(n_expected);  // the header may lie: memory that is not written costs nothing
  }
  bool take(std::span<const float> samples) override {
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    return true;
  }
  std::vector<float> take_all() { return std::move(samples_); }

 private:
  std::vector<float> samples_;
};

}  // namespace

tl::expected<StreamedSound, Failure> decode_to(std::span<const std::byte> bytes, const std::string& name,
                                               const DecodeOptions& options, SampleSink& sink) {
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
  Decoded sound = type == AudioType::kOgg
                      ? decode_ogg(untagged, name, type, options, sink)
                      : first_that_can(decoders_of(format->reader), untagged, name, type, options, sink);
  if (!sound) return tl::make_unexpected(std::move(sound.error().failure));
  sound->type = type;
  if (sound->file_sample_rate == 0) sound->file_sample_rate = sound->sample_rate;
  // Cut for the number of samples, not for the length.
  if (sound->cut && sound->n_samples >= options.max_samples) {
    return tl::make_unexpected(too_many_samples(sound->sample_rate, name, options));
  }
  if (sound->n_samples == 0) {
    return tl::make_unexpected(decode_failure(FailureKind::kEmpty, name, "it holds no samples"));
  }
  return *sound;
}

tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options) {
  Collector samples;
  const auto sound = decode_to(bytes, name, options, samples);
  if (!sound) return tl::make_unexpected(sound.error());
  Recording recording;
  static_cast<SoundFacts&>(recording) = *sound;
  recording.waveform = {samples.take_all(), sound->sample_rate};
  return recording;
}

}  // namespace hitscope::ingest
