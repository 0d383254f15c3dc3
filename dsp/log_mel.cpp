#include "dsp/log_mel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hitscope::dsp {

LogMel::LogMel(const FrontEndConfig& config)
    : config_(config), stft_(config), filterbank_(config), bins_(config.n_freqs()), mel_(config.n_mels) {}

Spectrogram LogMel::compute_power(std::span<const float> signal) {
  const std::int64_t n_frames = config_.n_frames(static_cast<std::int64_t>(signal.size()));
  if (n_frames < 1) throw std::invalid_argument("the signal is shorter than one frame");
  Spectrogram result{{}, config_.n_mels, static_cast<int>(n_frames), Scale::kPower};
  result.values.resize(static_cast<std::size_t>(n_frames) * config_.n_mels);
  for (std::int64_t t = 0; t < n_frames; ++t) {
    stft_.frame_power(signal, t, bins_);
    filterbank_.apply(bins_, mel_);
    for (int m = 0; m < config_.n_mels; ++m) result.values[m * n_frames + t] = mel_[m];
  }
  return result;
}

Spectrogram LogMel::compute(std::span<const float> signal) {
  Spectrogram result = compute_power(signal);
  power_to_db(result, config_.amin, config_.top_db);
  return result;
}

void power_to_db(Spectrogram& spectrogram, double amin, double top_db) {
  if (spectrogram.scale != Scale::kPower) throw std::invalid_argument("the spectrogram is in decibels already");
  const auto least = static_cast<float>(amin);
  float maximum = -std::numeric_limits<float>::infinity();
  for (float& value : spectrogram.values) {
    value = 10.0F * std::log10(std::max(least, value));
    maximum = std::max(maximum, value);
  }
  spectrogram.scale = Scale::kDecibel;
  if (top_db <= 0.0) return;
  const float floor = maximum - static_cast<float>(top_db);
  for (float& value : spectrogram.values) value = std::max(value, floor);
}

}  // namespace hitscope::dsp
