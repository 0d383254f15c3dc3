// The window that a short-time Fourier transform multiplies every frame by.
//
// Matches torch.hann_window, torch.hamming_window (periodic) and librosa.filters.get_window, centred in n_fft as
// torch.stft and librosa.stft do. Values are in double precision and have no unit.
// Thread safety: a free function without shared state.
#pragma once

#include <vector>

#include "dsp/front_end.h"

namespace hitscope::dsp {

/// The window of a frame [n_fft]: periodic, of win_length samples, zeros at both sides. Throws std::invalid_argument
/// for a config that does not validate.
std::vector<double> frame_window(const FrontEndConfig& config);

}  // namespace hitscope::dsp
