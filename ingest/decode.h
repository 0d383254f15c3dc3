// Decodes audio bytes to mono samples: to a waveform, or block by block into a SampleSink.
//
// The format is recognised by the first bytes, never by a name. Our own MP3 decoder (ingest/mp3) and libsndfile are
// asked first, then libmpg123 (all MPEG layers, free format) and FFmpeg's libraries (everything else in
// audio_formats()). The MP3 decoder is our own because the fastest available library, libmpg123, takes three times as
// long (it decodes both channels completely) and libsndfile 1.2.0 truncates files without a Xing header. Channels are
// averaged (librosa's to_mono). Encoder delay and padding stated by a Xing/LAME header or an edit list are removed.
// Input may be hostile: time, and the memory of a waveform, are bounded by max_duration_s, max_channels and
// max_samples, whatever the header claims; decode_to() keeps no more than a block. It does not resample or judge the
// result: see dsp/resample.h and ingest/quarantine.h. Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "dsp/fields.h"
#include "dsp/waveform.h"
#include "ingest/audio_type.h"
#include "ingest/failure.h"

namespace hitscope::ingest {

/// Largest file, in bytes, that is read into memory for decoding.
inline constexpr std::size_t kMaxAudioBytes = 1ULL << 30U;

/// How several channels become one.
enum class Downmix { kMean, kFirst };  ///< the mean over all (librosa's to_mono), or the first alone

struct DecodeOptions {
  double max_duration_s = 600.0;  ///< decoding stops after this many seconds
  int max_channels = 2;           ///< recordings with more channels are a failure
  /// Rate in Hz: an MP3 at exactly twice this rate is decoded directly to it, without the upper subbands
  /// (Quality::kFast). 0 turns this off.
  int half_rate = 0;
  Downmix downmix = Downmix::kMean;
  /// More samples than this within max_duration_s are a failure: the rate, and so the number, is a claim of the file.
  /// 67 million are 256 MB, or 25 minutes at 44.1 kHz.
  std::uint64_t max_samples = std::uint64_t{1} << 26U;
  /// Throws FieldError naming field, value and rule.
  void validate() const { dsp::check_fields(*this); }

  template <typename Visit>
  static void describe(Visit&& visit) {
    using D = DecodeOptions;
    visit(&D::max_duration_s, {.name = "max_duration",
                               .help = "use at most this much of each file",
                               .value = "SECONDS",
                               .rule = {.low = 0, .high = 86400, .without_low = true}});
    visit(&D::max_channels,
          {.name = "max_channels", .help = "reject clips with more channels than this", .rule = dsp::between(1, 64)});
    visit(&D::half_rate, {.name = "half_rate",
                          .help = "rate that an MP3 at twice the rate is decoded to",
                          .value = "HZ",
                          .rule = dsp::at_least(0),
                          .flag = "-"});
  }
};

/// What is known of a sound besides its samples.
struct SoundFacts {
  int n_channels = 0;        ///< channels of the file, before averaging
  int file_sample_rate = 0;  ///< sample rate of the file, Hz
  AudioType type = AudioType::kUnknown;
  std::optional<std::int64_t> promised_samples;  ///< length in the header, at the samples' rate, if stated
  bool cut = false;                              ///< decoding stopped at max_duration_s, or where the sink wanted
  bool cut_off = false;                          ///< the container's own end mark is missing

  /// The length of the file where `decoded_s` seconds at `sample_rate` were decoded: if it was cut, what its header
  /// says, if it does.
  double length_s(double decoded_s, int sample_rate) const {
    if (!cut || !promised_samples || sample_rate <= 0) return decoded_s;
    return std::max(decoded_s, static_cast<double>(*promised_samples) / sample_rate);
  }
};

struct Recording : SoundFacts {
  dsp::Waveform waveform;  ///< mono, at the file's sample rate (or half of it, see half_rate)
};

/// A sound whose samples went to a SampleSink.
struct StreamedSound : SoundFacts {
  int sample_rate = 0;  ///< sample rate of the samples, Hz
  std::uint64_t n_samples = 0;

  double duration_s() const { return sample_rate > 0 ? static_cast<double>(n_samples) / sample_rate : 0.0; }
};

/// Takes the samples of one sound, block by block.
class SampleSink {
 public:
  SampleSink() = default;
  virtual ~SampleSink() = default;
  SampleSink(const SampleSink&) = delete;
  SampleSink& operator=(const SampleSink&) = delete;

  /// Samples at `sample_rate` Hz begin, perhaps `n_expected` of them. What was taken before is void: a decoder that
  /// had begun has given up, and another one tries.
  virtual void begin(int sample_rate, std::size_t n_expected) = 0;
  /// The next samples, one or more. False: no more are wanted.
  virtual bool take(std::span<const float> samples) = 0;
};

/// Decodes `bytes`; `name` is what failures call them. Failures (stage kDecode): kEmpty, kNotAudio, kUndecodable,
/// kNoDecoder, kTooManyChannels, kTooLarge (over max_samples within max_duration_s).
tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options);
/// The same into `sink`, which must forget what it took where a failure comes back.
tl::expected<StreamedSound, Failure> decode_to(std::span<const std::byte> bytes, const std::string& name,
                                               const DecodeOptions& options, SampleSink& sink);

}  // namespace hitscope::ingest
