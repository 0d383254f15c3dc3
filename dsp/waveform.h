// A mono recording held in memory.
//
// Samples are float32, nominally in [-1, 1] (a lossy decoder may exceed that slightly), in the order of time.
// Thread safety: a plain value.
#pragma once

#include <vector>

namespace hitscope::dsp {

struct Waveform {
  std::vector<float> samples;  ///< [n_samples], amplitude, full scale = 1
  int sample_rate = 0;         ///< sample rate, Hz

  double duration_s() const { return sample_rate > 0 ? static_cast<double>(samples.size()) / sample_rate : 0.0; }
};

}  // namespace hitscope::dsp
