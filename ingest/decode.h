// Audio bytes to a mono waveform.
//
// WAV, FLAC, OGG (Vorbis, Opus) and AIFF through libsndfile; MP3 through libmpg123, because libsndfile 1.2.0 cuts MP3
// files without a Xing/Info header at an estimated length (a variable-rate file of 10 s came back as 1.5 s). The format
// is told by the first bytes. Channels are averaged (librosa's to_mono). Encoder delay and padding named by a Xing/LAME
// header are removed.
// Hostile input: memory is bounded by max_duration_s and max_channels, whatever the header claims.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "dsp/waveform.h"
#include "ingest/audio_type.h"
#include "ingest/failure.h"

namespace hitscope::ingest {

/// Larger files are not read into memory to be decoded.
inline constexpr std::size_t kMaxAudioBytes = 1ULL << 30U;

struct DecodeOptions {
  double max_duration_s = 600.0;  ///< decoding stops after so many seconds, > 0
  double min_duration_s = 0.05;   ///< shorter recordings are a failure, >= 0
  int max_channels = 2;           ///< recordings with more are a failure, 1 to 64
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;
};

struct Recording {
  dsp::Waveform waveform;  ///< mono, at the file's own sample rate
  int n_channels = 0;      ///< before averaging
  AudioType type = AudioType::kUnknown;
};

/// `name` stands in failures only. Failures (stage kDecode): kEmpty, kNotAudio, kUndecodable, kTruncated, kTooShort,
/// kTooManyChannels, kNotFinite.
tl::expected<Recording, Failure> decode(std::span<const std::byte> bytes, const std::string& name,
                                        const DecodeOptions& options);

}  // namespace hitscope::ingest
