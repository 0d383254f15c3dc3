// A spectrogram (or cepstrogram) as a value.
//
// Axes: values[bin * n_frames + frame]; bin 0 is the lowest mel band, frequency or coefficient, frame 0 the earliest.
// Thread safety: a plain value.
#pragma once

#include <array>
#include <vector>

#include "dsp/fields.h"
#include "dsp/front_end.h"

namespace hitscope::dsp {

/// The type of a stored value.
enum class SampleType { kFloat16, kFloat32 };
constexpr auto names_of(SampleType) {
  return std::to_array<Name<SampleType>>({{SampleType::kFloat16, "float16"}, {SampleType::kFloat32, "float32"}});
}

struct Spectrogram {
  std::vector<float> values;  ///< [n_bins, n_frames], row-major
  int n_bins = 0;             ///< mel bands, frequency bins or cepstral coefficients
  int n_frames = 0;
  Scale scale = Scale::kPower;

  float at(int bin, int frame) const { return values[static_cast<std::size_t>(bin) * n_frames + frame]; }
  /// False where samples far outside [-1, 1] overflowed.
  bool is_finite() const;
};

}  // namespace hitscope::dsp
