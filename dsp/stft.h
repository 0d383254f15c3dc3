// The short-time Fourier transform, a block of frames at a time.
//
// Matches torch.stft and librosa.stft for any n_fft (odd ones too): periodic window of win_length samples centred in
// n_fft, one-sided spectrum, no normalisation. The result is |X|^power, bin k at k * sample_rate / n_fft Hz. Signal and
// result are float32. The transform itself is double (Quality::kExact): bins 80 dB below the loudest are otherwise
// rounding noise of up to 0.0014 dB, and double costs 0.6 ms per 30 s clip; Quality::kFast is single. It does not keep
// the signal and allocates nothing per frame.
// Thread safety: one instance per thread (own FFTW buffers); construction and destruction lock FFTW's planner.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dsp/front_end.h"

namespace hitscope::dsp {

/// Number of frames that are computed together, so that later steps can vectorise over them: one row of a block is one
/// cache line.
inline constexpr int kFrameBlock = 16;  // even: frames are transformed two at a time

class Stft {
 public:
  /// Plans the transform; throws std::invalid_argument for a config that does not validate.
  explicit Stft(const FrontEndConfig& config);
  ~Stft();
  Stft(Stft&&) noexcept;
  Stft& operator=(Stft&&) noexcept;

  /// Writes |X|^power of frames first_frame .. first_frame + n_frames - 1 (at most kFrameBlock) of `signal` [n_samples]
  /// to `bins` [n_freqs, kFrameBlock]; columns past n_frames are undefined. Throws std::out_of_range when the signal
  /// has no such frame, std::invalid_argument when reflect padding needs more samples than there are.
  void block_power(std::span<const float> signal, std::int64_t first_frame, int n_frames, std::span<float> bins);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::dsp
