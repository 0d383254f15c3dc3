// Converts power or magnitude to decibels like librosa.power_to_db (ref = 1) and torchaudio's AmplitudeToDB.
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "dsp/front_end.h"

namespace hitscope::dsp {

/// The factor g in g * log10(x): 20 for magnitudes (power 1; but 10 for kMfcc, as in librosa and torchaudio), else 10.
float decibel_gain(const FrontEndConfig& config);
/// The smallest argument of the logarithm, to which smaller values are raised: amin or, for magnitudes and
/// AminOf::kPower, its root; but not a subnormal number.
float decibel_least(const FrontEndConfig& config);

/// Converts `values` [n_values], one clip, in place to g * log10(max(least, x)) with g of decibel_gain() and
/// decibel_least(); if top_db is
/// above 0, smaller values are raised to the maximum minus top_db. Powers of 1e-13 to 1e14 are within 2e-5 dB of the
/// exact value, all others within 5e-5, magnitudes within twice that; NaN and infinity are kept.
void to_decibels(std::span<float> values, const FrontEndConfig& config);

}  // namespace hitscope::dsp
