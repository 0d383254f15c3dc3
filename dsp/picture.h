// A spectrogram as a picture for people: magma colours, low frequencies at the bottom, axes in Hz and seconds, a colour
// bar in decibels and a title. Encoded as PNG in memory.
//
// OpenCV draws; libpng encodes, because OpenCV's own encoder module (imgcodecs) pulls in 120 shared libraries and 80 ms
// of start-up that every `hitscope render` would pay. Not a model input: see the spectrogram's values for that.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/spectrogram.h"

namespace hitscope::dsp {

/// PNG bytes of a decibel spectrogram computed with `config`. Throws std::invalid_argument for an empty one or one that
/// is not in decibels.
std::vector<std::uint8_t> picture_png(const Spectrogram& spectrogram, const FrontEndConfig& config,
                                      const std::string& title);

}  // namespace hitscope::dsp
