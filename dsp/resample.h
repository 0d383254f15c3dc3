// Sample-rate conversion by libsoxr at its "HQ" recipe, what librosa's default `soxr_hq` uses.
//
// Thread safety: free functions without shared state.
#pragma once

#include <span>
#include <string_view>

#include "dsp/waveform.h"

namespace hitscope::dsp {

/// The recipe's name as it is stored with a front end.
inline constexpr std::string_view kResampler = "soxr_hq";

/// The waveform at `sample_rate` Hz, ceil(n_samples * sample_rate / waveform.sample_rate) samples long (librosa's
/// convention). The same rate copies. Throws std::invalid_argument for a rate below 1, std::runtime_error when soxr
/// fails.
Waveform resample(const Waveform& waveform, int sample_rate);

}  // namespace hitscope::dsp
