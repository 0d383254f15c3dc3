// Converts sample rates by libsoxr with its "HQ" recipe (librosa's default `soxr_hq`) or, for Quality::kFast, "MQ".
//
// A signal comes whole or in blocks, whose sizes do not matter: the samples that come out are the same, bit for bit.
// Thread safety: one Resampler per thread; it keeps soxr's filter from one signal to the next.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/waveform.h"

namespace hitscope::dsp {

/// The recipe's name as it is stored with a front end: "soxr_hq", "soxr_mq".
std::string_view resampler_name(Quality quality);

class Resampler {
 public:
  /// Throws std::invalid_argument for a rate below 1 Hz.
  Resampler(int sample_rate, Quality quality);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  /// The waveform at the wanted rate, ceil(n_samples * sample_rate / waveform.sample_rate) samples long (librosa's
  /// convention). A waveform that already has the rate is returned as it is. Throws std::invalid_argument for a rate
  /// below 1 Hz, std::runtime_error when soxr fails.
  Waveform operator()(Waveform waveform);

  /// Begins a signal of `input_rate` Hz that comes in blocks, and forgets one that was not finished. Throws as
  /// operator().
  void start(int input_rate);
  /// Appends to `out` what is known of the converted signal with the next `samples` of the signal.
  void add(std::span<const float> samples, std::vector<float>& out);
  /// Appends the rest. The signal is as long as operator() would have made it.
  void finish(std::vector<float>& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::dsp
