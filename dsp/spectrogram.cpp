#include "dsp/spectrogram.h"

#include <algorithm>
#include <cmath>

namespace hitscope::dsp {

bool Spectrogram::is_finite() const {
  return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
}

}  // namespace hitscope::dsp
