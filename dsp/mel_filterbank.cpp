#include "dsp/mel_filterbank.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "dsp/simd.h"
#include "dsp/stft.h"

namespace hitscope::dsp {
namespace {

constexpr double kSlaneyHzPerMel = 200.0 / 3.0;  // linear part
constexpr double kSlaneyBreakHz = 1000.0;        // logarithmic above
constexpr double kSlaneyBreakMel = kSlaneyBreakHz / kSlaneyHzPerMel;
const double kSlaneyLogStep = std::log(6.4) / 27.0;

/// One value per frame of a block, in as many registers as the processor needs for them.
using Lanes [[gnu::vector_size(sizeof(float) * kFrameBlock)]] = float;

/// Frames lie side by side, so a bin of all of them is one multiply-add and every band sums in bin order.
HITSCOPE_CLONES void apply_bands(const MelFilterbank::Band* bands, std::size_t n_bands, const float* weights,
                                 const float* bins, float* mel) {
  for (std::size_t m = 0; m < n_bands; ++m) {
    Lanes sum{};
    Lanes bin;
    const float* weight = weights + bands[m].offset;
    const float* from = bins + static_cast<std::ptrdiff_t>(bands[m].first_bin) * kFrameBlock;
    for (int k = 0; k < bands[m].n_bins; ++k, from += kFrameBlock) {
      std::memcpy(&bin, from, sizeof bin);
      sum += weight[k] * bin;
    }
    std::memcpy(mel + m * kFrameBlock, &sum, sizeof sum);
  }
}

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
  if (config.feature == Feature::kSpectrogram) return;
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

void MelFilterbank::apply(std::span<const float> bins, std::span<float> mel) const {
  if (bins.size() != static_cast<std::size_t>(n_freqs_) * kFrameBlock || mel.size() != bands_.size() * kFrameBlock) {
    throw std::invalid_argument("MelFilterbank::apply: bins or mel is not a block of the right height");
  }
  apply_bands(bands_.data(), bands_.size(), weights_.data(), bins.data(), mel.data());
}

int MelFilterbank::n_empty() const {
  return static_cast<int>(std::count_if(bands_.begin(), bands_.end(), [](const Band& b) { return b.n_bins == 0; }));
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
