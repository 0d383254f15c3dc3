#include "models/neural/graphs/waveform_front_end.h"

#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

#include "dsp/decibel.h"
#include "dsp/feature_extractor.h"
#include "dsp/frame_window.h"
#include "dsp/mel_filterbank.h"

namespace hitscope::models::neural::graphs {
namespace {

constexpr int kMostFft = 8192;  // a quarter of a gigabyte of cosines and sines

const dsp::FrontEndConfig& checked(const dsp::FrontEndConfig& config) {
  config.validate();
  if (config.n_fft <= kMostFft) return config;
  throw std::invalid_argument("n_fft is " + std::to_string(config.n_fft) +
                              "; it must be at most 8192 for a graph that begins with the waveform");
}

/// n_freqs windowed cosines, then as many sines.
torch::Tensor transform_kernels(const dsp::FrontEndConfig& config) {
  const std::vector<double> window = dsp::frame_window(config);
  const std::int64_t n_freqs = config.n_freqs();
  const std::int64_t n_fft = config.n_fft;
  torch::Tensor kernels = torch::empty({2 * n_freqs, 1, 1, n_fft}, torch::kFloat32);
  float* values = kernels.data_ptr<float>();
  for (std::int64_t k = 0; k < n_freqs; ++k) {
    for (std::int64_t i = 0; i < n_fft; ++i) {
      // The remainder first: cos of a large angle is less exact.
      const double angle = 2.0 * std::numbers::pi * static_cast<double>(k * i % n_fft) / static_cast<double>(n_fft);
      values[k * n_fft + i] = static_cast<float>(window[i] * std::cos(angle));
      values[(n_freqs + k) * n_fft + i] = static_cast<float>(window[i] * std::sin(angle));
    }
  }
  return kernels;
}

template <typename T>
torch::Tensor as_kernels(const std::vector<T>& matrix, std::int64_t n_out, std::int64_t n_in) {
  const std::vector<float> values(matrix.begin(), matrix.end());
  return torch::tensor(values).view({n_out, n_in, 1, 1});
}

}  // namespace

WaveformFrontEndImpl::WaveformFrontEndImpl(const dsp::FrontEndConfig& config)
    : config_(checked(config)), kernels_(register_buffer("kernels", transform_kernels(config))) {
  if (config.feature == dsp::Feature::kSpectrogram) return;
  filters_ =
      register_buffer("filters", as_kernels(dsp::MelFilterbank(config).dense(), config.n_mels, config.n_freqs()));
  if (config.feature != dsp::Feature::kMfcc) return;
  cosines_ = register_buffer("cosines",
                             as_kernels(dsp::dct_matrix(config.n_mfcc, config.n_mels), config.n_mfcc, config.n_mels));
}

torch::Tensor WaveformFrontEndImpl::forward(const torch::Tensor& waveform) const {
  torch::Tensor values = power_of(waveform);
  if (config_.drop_last_frame) values = values.slice(3, 0, config_.n_frames(waveform.size(1)));
  if (config_.feature != dsp::Feature::kSpectrogram) values = torch::conv2d(values, filters_);
  values = values.transpose(1, 2);
  if (config_.feature == dsp::Feature::kMfcc) {
    return torch::conv2d(decibels_of(values).transpose(1, 2), cosines_).transpose(1, 2);
  }
  return config_.scale == dsp::Scale::kDecibel ? decibels_of(values) : values;
}

torch::Tensor WaveformFrontEndImpl::power_of(const torch::Tensor& waveform) const {
  const std::int64_t margin = config_.center ? config_.n_fft / 2 : 0;
  const bool reflects = config_.pad_mode == dsp::PadMode::kReflect && margin > 0;
  const std::array<std::int64_t, 2> padding{0, reflects ? 0 : margin};
  const std::array<std::int64_t, 2> stride{1, config_.hop_length};
  torch::Tensor signal = waveform.unsqueeze(1).unsqueeze(1);
  if (reflects) signal = torch::reflection_pad2d(signal, {margin, margin, 0, 0});
  const torch::Tensor parts =
      torch::conv2d(signal, kernels_, {}, at::IntArrayRef(stride), at::IntArrayRef(padding)).pow(2);
  const std::int64_t n_freqs = config_.n_freqs();
  const torch::Tensor power = parts.slice(1, 0, n_freqs) + parts.slice(1, n_freqs, 2 * n_freqs);
  if (config_.power == 2.0) return power;
  return config_.power == 1.0 ? power.sqrt() : power.pow(config_.power / 2.0);
}

torch::Tensor WaveformFrontEndImpl::decibels_of(const torch::Tensor& values) const {
  const double gain = dsp::decibel_gain(config_) / std::numbers::ln10;
  const torch::Tensor decibels = values.clamp_min(dsp::decibel_least(config_)).log() * gain;
  if (config_.top_db <= 0.0) return decibels;
  return torch::maximum(decibels, decibels.amax({1, 2, 3}, true) - config_.top_db);
}

}  // namespace hitscope::models::neural::graphs
