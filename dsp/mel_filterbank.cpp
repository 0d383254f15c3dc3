#include "dsp/mel_filterbank.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hitscope::dsp {
namespace {

constexpr double kSlaneyHzPerMel = 200.0 / 3.0;  // linear part
constexpr double kSlaneyBreakHz = 1000.0;        // logarithmic above
constexpr double kSlaneyBreakMel = kSlaneyBreakHz / kSlaneyHzPerMel;
const double kSlaneyLogStep = std::log(6.4) / 27.0;

}  // namespace

double hz_to_mel(double hz, MelScale scale) {
  if (scale == MelScale::kHtk) return 2595.0 * std::log10(1.0 + hz / 700.0);
  if (hz < kSlaneyBreakHz) return hz / kSlaneyHzPerMel;
  return kSlaneyBreakMel + std::log(hz / kSlaneyBreakHz) / kSlaneyLogStep;
}

double mel_to_hz(double mel, MelScale scale) {
  if (scale == MelScale::kHtk) return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
  if (mel < kSlaneyBreakMel) return mel * kSlaneyHzPerMel;
  return kSlaneyBreakHz * std::exp(kSlaneyLogStep * (mel - kSlaneyBreakMel));
}

MelFilterbank::MelFilterbank(const FrontEndConfig& config) : n_freqs_(config.n_freqs()) {
  config.validate();
  const double low = hz_to_mel(config.f_min_hz, config.mel_scale);
  const double high = hz_to_mel(config.resolved_f_max_hz(), config.mel_scale);
  const auto edge = [&](int i) { return mel_to_hz(low + (high - low) * i / (config.n_mels + 1), config.mel_scale); };
  for (int m = 0; m < config.n_mels; ++m) {
    const double left = edge(m);
    const double centre = edge(m + 1);
    const double right = edge(m + 2);
    const double gain = config.norm == MelNorm::kSlaney ? 2.0 / (right - left) : 1.0;
    Band band{0, 0, weights_.size()};
    for (int k = 0; k < n_freqs_; ++k) {
      const double hz = static_cast<double>(k) * config.sample_rate / config.n_fft;
      const double weight = std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
      if (weight <= 0.0) continue;
      if (band.n_bins == 0) band.first_bin = k;
      band.n_bins = k - band.first_bin + 1;
      weights_.push_back(static_cast<float>(gain * weight));
    }
    bands_.push_back(band);
  }
}

void MelFilterbank::apply(std::span<const float> spectrum, std::span<float> mel) const {
  if (spectrum.size() != static_cast<std::size_t>(n_freqs_) || mel.size() != bands_.size()) {
    throw std::invalid_argument("MelFilterbank::apply: spectrum is not [n_freqs] or mel is not [n_mels]");
  }
  for (std::size_t m = 0; m < bands_.size(); ++m) {
    const Band& band = bands_[m];
    const float* weight = weights_.data() + band.offset;
    const float* bin = spectrum.data() + band.first_bin;
    float sum = 0.0F;
    for (int k = 0; k < band.n_bins; ++k) sum += weight[k] * bin[k];
    mel[m] = sum;
  }
}

std::vector<float> MelFilterbank::dense() const {
  std::vector<float> matrix(bands_.size() * n_freqs_, 0.0F);
  for (std::size_t m = 0; m < bands_.size(); ++m) {
    const Band& band = bands_[m];
    std::copy_n(weights_.begin() + static_cast<std::ptrdiff_t>(band.offset), band.n_bins,
                matrix.begin() + static_cast<std::ptrdiff_t>(m * n_freqs_ + band.first_bin));
  }
  return matrix;
}

}  // namespace hitscope::dsp
