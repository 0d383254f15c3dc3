// Power or magnitude to decibels, as librosa.power_to_db (ref = 1) and torchaudio's AmplitudeToDB do it.
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "dsp/front_end.h"

namespace hitscope::dsp {

/// g of g * log10(x): 20 for magnitudes (power 1; but 10 for kMfcc, as in librosa and torchaudio), else 10.
float decibel_gain(const FrontEndConfig& config);
/// What values are raised to before the logarithm: amin, but no subnormal number.
float decibel_least(const FrontEndConfig& config);

/// In place: g * log10(max(amin, x)) with g = 20 for magnitudes (power 1; but 10 for kMfcc, as in both libraries) and
/// 10 otherwise, then at least the maximum minus top_db where that is above 0. Powers of 1e-13 to 1e14 come within 2e-5
/// dB of the exact value, all others within 5e-5, magnitudes within twice that; NaN and infinity stay what they are.
void to_decibels(std::span<float> values, const FrontEndConfig& config);

}  // namespace hitscope::dsp
