// Converts sample rates by libsoxr with its "HQ" recipe (librosa's default `soxr_hq`) or, for Quality::kFast, "MQ".
//
// Thread safety: one Resampler per thread; it keeps soxr's filter from one waveform to the next.
#pragma once

#include <memory>
#include <string_view>

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

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::dsp
