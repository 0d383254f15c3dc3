#include "dsp/decibel.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "dsp/simd.h"

namespace hitscope::dsp {
namespace {

/// gain * log10 of values >= least. Written here because glibc's vectorised log10f needs -ffast-math. The mantissa is
/// brought to [sqrt(1/2), sqrt(2)); log(m) = 2 artanh((m - 1) / (m + 1)), a series that is exact to float there.
HITSCOPE_CLONES void scaled_log10(float* __restrict values, std::size_t n, float least, float gain) {
  const float per_octave = gain * static_cast<float>(std::numbers::ln2 / std::numbers::ln10);
  const float per_neper = 2.0F * gain / std::numbers::ln10_v<float>;
  for (std::size_t i = 0; i < n; ++i) {
    const float x = values[i] < least ? least : values[i];
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t shifted = bits - 0x3f3504f3U;  // sqrt(1/2)
    const auto exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
    const float m = std::bit_cast<float>((shifted & 0x007f'ffffU) + 0x3f3504f3U);
    const float s = (m - 1.0F) / (m + 1.0F);
    const float s2 = s * s;
    const float series = 1.0F + s2 * (1.0F / 3.0F + s2 * (0.2F + s2 * (1.0F / 7.0F + s2 * (1.0F / 9.0F))));
    const float db = exponent * per_octave + s * series * per_neper;
    values[i] = bits < 0x7f80'0000U ? db : x;  // infinity and NaN stay
  }
}

/// Sixteen maxima side by side: a single one would forbid vectors, for the sake of NaN and of signed zeros.
HITSCOPE_CLONES float maximum_of(const float* values, std::size_t n) {
  std::array<float, 16> lanes;
  lanes.fill(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + lanes.size() <= n; i += lanes.size()) {
    for (std::size_t j = 0; j < lanes.size(); ++j) lanes[j] = values[i + j] > lanes[j] ? values[i + j] : lanes[j];
  }
  for (; i < n; ++i) lanes[0] = std::max(lanes[0], values[i]);
  return *std::max_element(lanes.begin(), lanes.end());
}

HITSCOPE_CLONES void raise_to(float* __restrict values, std::size_t n, float floor) {
  for (std::size_t i = 0; i < n; ++i) values[i] = values[i] < floor ? floor : values[i];
}

}  // namespace

float decibel_gain(const FrontEndConfig& config) {
  return config.power == 1.0 && config.feature != Feature::kMfcc ? 20.0F : 10.0F;
}

float decibel_least(const FrontEndConfig& config) {
  // Subnormal powers have no exponent to read: 1e-37 is -370 dB.
  const bool of_magnitudes = config.power == 1.0 && config.feature != Feature::kMfcc;
  const double least = of_magnitudes && config.amin_of == AminOf::kPower ? std::sqrt(config.amin) : config.amin;
  return std::max(static_cast<float>(least), 1e-37F);
}

void to_decibels(std::span<float> values, const FrontEndConfig& config) {
  scaled_log10(values.data(), values.size(), decibel_least(config), decibel_gain(config));
  if (config.top_db <= 0.0) return;
  raise_to(values.data(), values.size(), maximum_of(values.data(), values.size()) - static_cast<float>(config.top_db));
}

}  // namespace hitscope::dsp
