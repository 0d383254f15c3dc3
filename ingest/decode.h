// Decodes audio bytes to a mono waveform.
//
// The format is recognised by the first bytes, never by a name. Our own MP3 decoder (ingest/mp3) and libsndfile are
// asked first, then libmpg123 (all MPEG layers, free format) and FFmpeg's libraries (everything else in
// audio_formats()). The MP3 decoder is our own because the fastest available library, libmpg123, takes three times as
// long (it decodes both channels completely) and libsndfile 1.2.0 truncates files without a Xing header. Channels are
// averaged (librosa's to_mono). Encoder delay and padding stated by a Xing/LAME header or an edit list are removed.
// Input may be hostile: memory is bounded by max_duration_s, max_channels and 67 million samples (25 minutes at 44.1
// kHz), whatever the header claims. It does not resample or judge the result: see dsp/resample.h and
// ingest/quarantine.h. Thread safety: a free function without shared state.
#pragma once

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

struct Recording {
  dsp::Waveform waveform;    ///< mono, at the file's sample rate (or half of it, see half_rate)
  int n_channels = 0;        ///< channels of the file, before averaging
  int file_sample_rate = 0;  ///< sample rate of the file, Hz
  AudioType type = AudioType::kUnknown;
  std::optional<std::int64_t> promised_samples;  ///< length in the header, at the waveform's rate, if stated
  bool cut = false;                              ///< decoding stopped at max_duration_s
  bool cut_off = false;                          ///< the container's own end mark is missing
};

/// Decodes `bytes`; `name` is what failures call them. Failures (stage kDecode): kEmpty, kNotAudio, kUndecodable,
/// kNoDecoder, kTooManyChannels, kTooLarge (over 67 million samples within max_duration_s).
tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options);

}  // namespace hitscope::ingest
