// A front end (dsp/front_end.h) as operations on tensors, so that a graph can begin with a waveform.
//
// The transform is a convolution with one windowed cosine and sine per frequency bin; the mel filters and the
// cepstrum's cosines are 1x1 convolutions. Windows, filters and cosines are dsp's own. Arithmetic is float32, dsp's
// transform is double: bins far below the loudest differ by some hundredths of a decibel. It does not decode, resample
// or downmix. Internal to models (includes LibTorch).
// Thread safety: const, any number of threads.
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "dsp/front_end.h"

namespace hitscope::models::neural::graphs {

/// Buffers: kernels [2 * n_freqs, 1, 1, n_fft]; filters [n_mels, n_freqs, 1, 1], except for Feature::kSpectrogram;
/// cosines [n_mfcc, n_mels, 1, 1], for Feature::kMfcc only.
class WaveformFrontEndImpl : public torch::nn::Module {
 public:
  /// Throws std::invalid_argument for a config that does not validate, or an n_fft over 8192.
  explicit WaveformFrontEndImpl(const dsp::FrontEndConfig& config);

  /// [n, n_samples] to [n, 1, n_bins, n_frames], in the front end's scale (decibels by default).
  torch::Tensor forward(const torch::Tensor& waveform) const;

 private:
  torch::Tensor power_of(const torch::Tensor& waveform) const;   // [n, n_freqs, 1, n_frames]
  torch::Tensor decibels_of(const torch::Tensor& values) const;  // [n, 1, any, n_frames]

  dsp::FrontEndConfig config_;
  torch::Tensor kernels_;
  torch::Tensor filters_;
  torch::Tensor cosines_;
};
TORCH_MODULE(WaveformFrontEnd);

}  // namespace hitscope::models::neural::graphs
