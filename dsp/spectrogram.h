// A mel spectrogram as a value.
//
// Axes: values[mel * n_frames + frame]; mel 0 is the lowest band, frame 0 the earliest. `scale` says what a value is:
// power (or magnitude, when the front end's exponent is 1) or decibels relative to 1.
// Thread safety: a plain value.
#pragma once

#include <vector>

namespace hitscope::dsp {

enum class Scale { kPower, kDecibel };

struct Spectrogram {
  std::vector<float> values;  ///< [n_mels, n_frames], row-major
  int n_mels = 0;
  int n_frames = 0;
  Scale scale = Scale::kPower;

  float at(int mel, int frame) const { return values[static_cast<std::size_t>(mel) * n_frames + frame]; }
};

}  // namespace hitscope::dsp
