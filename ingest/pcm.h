// What a decoder library gives back before `decode` judges it. Internal to ingest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "ingest/audio_type.h"
#include "ingest/decode.h"

namespace hitscope::ingest {

/// Decoded audio, already averaged to one channel.
struct Pcm {
  std::vector<float> mono;
  int sample_rate = 0;
  int n_channels = 0;
  std::optional<std::int64_t> promised_frames;  ///< length the header states, where it states one
  bool cut = false;                             ///< stopped at max_duration_s, not at the end
};

/// Appends the mean over channels of interleaved [n_frames, n_channels] samples.
void append_mono(std::span<const float> interleaved, int n_channels, std::vector<float>& mono);

/// A Failure of stage kDecode about `name`.
Failure decode_failure(FailureKind kind, const std::string& name, const std::string& why);

/// The libmpg123 path.
tl::expected<Pcm, Failure> decode_mp3(std::span<const std::byte> bytes, const std::string& name,
                                      const DecodeOptions& options);

}  // namespace hitscope::ingest
