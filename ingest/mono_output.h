// Where decoders leave what they decode: makes one channel of several, stops at the limits, and passes on to a sink.
// Internal to ingest.
// Thread safety: one thread at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ingest/decode.h"

namespace hitscope::ingest {

class MonoOutput {
 public:
  /// `bytes` is what is decoded: pages of it that were read are let go from time to time (see mapped_bytes.h).
  MonoOutput(std::span<const std::byte> bytes, const DecodeOptions& options, SampleSink& sink);

  /// Before the first samples, once the decoder knows their rate. `n_expected` is capped by the limits.
  void begin(int sample_rate, std::int64_t n_expected = 0);
  /// Interleaved [n_frames, n_channels] samples.
  void mix(std::span<const float> interleaved, int n_channels);
  /// Samples that are one channel already.
  void take(std::span<const float> mono);

  /// The number of samples that may still come: those that max_duration_s and max_samples allow; none where the sink
  /// wants no more.
  std::size_t room() const { return is_wanted_ ? limit_ - n_samples_ : 0; }
  bool is_full() const { return room() == 0; }
  std::uint64_t n_samples() const { return n_samples_; }

 private:
  std::span<const std::byte> bytes_;
  const DecodeOptions& options_;
  SampleSink& sink_;
  bool is_wanted_ = true;
  std::uint64_t limit_ = 0;
  std::uint64_t n_samples_ = 0;
  std::uint64_t n_since_release_ = 0;
  std::vector<float> mono_;  // scratch
};

}  // namespace hitscope::ingest
