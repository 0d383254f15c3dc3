#include "dsp/feature_extractor.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "dsp/decibel.h"

namespace hitscope::dsp {

std::vector<double> dct_matrix(int n_out, int n_in) {
  std::vector<double> matrix(static_cast<std::size_t>(n_out) * n_in);
  for (int k = 0; k < n_out; ++k) {
    const double gain = std::sqrt((k == 0 ? 1.0 : 2.0) / n_in);
    for (int m = 0; m < n_in; ++m) {
      matrix[static_cast<std::size_t>(k) * n_in + m] = gain * std::cos(std::numbers::pi * k * (2 * m + 1) / (2 * n_in));
    }
  }
  return matrix;
}

FeatureExtractor::FeatureExtractor(const FrontEndConfig& config)
    : config_(config),
      stft_(config),
      filterbank_(config),
      bins_(static_cast<std::size_t>(config.n_freqs()) * kFrameBlock),
      mel_(static_cast<std::size_t>(config.n_mels) * kFrameBlock) {
  if (config.feature == Feature::kMfcc) dct_ = dct_matrix(config.n_mfcc, config.n_mels);
}

Spectrogram FeatureExtractor::compute(std::span<const float> signal) {
  Spectrogram result;
  compute(signal, result);
  return result;
}

void FeatureExtractor::compute(std::span<const float> signal, Spectrogram& result) {
  const auto n_frames = static_cast<int>(config_.n_frames(static_cast<std::int64_t>(signal.size())));
  if (n_frames < 1) throw std::invalid_argument("the signal is shorter than one frame");
  result.n_bins = config_.n_bins();
  result.n_frames = n_frames;
  result.scale = config_.result_scale();
  if (config_.feature != Feature::kMfcc) {
    compute_power(signal, n_frames, result.values);
    if (config_.scale == Scale::kDecibel) to_decibels(result.values, config_);
    return;
  }
  compute_power(signal, n_frames, decibels_);
  to_decibels(decibels_, config_);
  cepstrum(n_frames, result.values);
}

Spectrogram FeatureExtractor::compute_length(std::span<const float> signal, std::size_t n_samples) {
  if (signal.size() >= n_samples) return compute(signal.first(n_samples));
  std::vector<float> padded(signal.begin(), signal.end());
  padded.resize(n_samples, 0.0F);
  return compute(padded);
}

void FeatureExtractor::compute_power(std::span<const float> signal, int n_frames, std::vector<float>& values) {
  const bool mel = config_.feature != Feature::kSpectrogram;
  const std::vector<float>& block = mel ? mel_ : bins_;
  const std::size_t height = block.size() / kFrameBlock;
  values.resize(height * n_frames);
  for (int first = 0; first < n_frames; first += kFrameBlock) {
    const int n = std::min(kFrameBlock, n_frames - first);
    stft_.block_power(signal, first, n, bins_);
    if (mel) filterbank_.apply(bins_, mel_);
    for (std::size_t i = 0; i < height; ++i) {
      const float* from = block.data() + i * kFrameBlock;
      float* to = values.data() + i * n_frames + first;
      if (n == kFrameBlock) {
        std::copy_n(from, kFrameBlock, to);  // a constant size: no call
      } else {
        std::copy_n(from, n, to);
      }
    }
  }
}

void FeatureExtractor::cepstrum(int n_frames, std::vector<float>& values) {
  values.resize(static_cast<std::size_t>(config_.n_mfcc) * n_frames);
  std::vector<double> row(n_frames);
  for (int k = 0; k < config_.n_mfcc; ++k) {
    std::fill(row.begin(), row.end(), 0.0);
    for (int m = 0; m < config_.n_mels; ++m) {
      const double weight = dct_[static_cast<std::size_t>(k) * config_.n_mels + m];
      const float* db = decibels_.data() + static_cast<std::size_t>(m) * n_frames;
      for (int t = 0; t < n_frames; ++t) row[t] += weight * db[t];
    }
    std::copy(row.begin(), row.end(), values.begin() + static_cast<std::ptrdiff_t>(k) * n_frames);
  }
}

}  // namespace hitscope::dsp
