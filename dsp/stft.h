// Short-time Fourier transform, one frame at a time.
//
// Matches torch.stft and librosa.stft for any n_fft (odd ones too): periodic window of win_length samples centred in
// n_fft, one-sided spectrum, no normalisation. The result is |X|^power, bin k at k * sample_rate / n_fft Hz.
// Signal and result are float32, the transform itself is double: bins 80 dB below the loudest are otherwise rounding
// noise of up to 0.0014 dB, and double costs 0.6 ms per 30 s clip. It does not keep the signal and allocates nothing
// per frame. Thread safety: one instance per thread (own FFTW buffers); construction and destruction lock FFTW's
// planner.
#pragma once

#include <memory>
#include <span>

#include "dsp/front_end.h"

namespace hitscope::dsp {

class Stft {
 public:
  /// Plans the transform; throws std::invalid_argument for a config that does not validate.
  explicit Stft(const FrontEndConfig& config);
  ~Stft();
  Stft(Stft&&) noexcept;
  Stft& operator=(Stft&&) noexcept;

  /// Writes |X|^power of frame `frame` of `signal` [n_samples] to `bins` [n_freqs]. Throws std::out_of_range when the
  /// signal has no such frame, std::invalid_argument when reflect padding needs more samples than there are.
  void frame_power(std::span<const float> signal, std::int64_t frame, std::span<float> bins);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hitscope::dsp
