// Triangular mel filters, kept and applied as the banded matrix they are.
//
// Filters are computed in double precision and rounded to float once. They equal librosa.filters.mel and
// torchaudio.functional.melscale_fbanks (whose own arithmetic is float32) to 1e-6.
// Reference: Slaney, "Auditory Toolbox", 1998; Young et al., "The HTK Book".
// Thread safety: immutable after construction.
#pragma once

#include <span>
#include <vector>

#include "dsp/front_end.h"

namespace hitscope::dsp {

class MelFilterbank {
 public:
  /// Throws std::invalid_argument for a config that does not validate.
  explicit MelFilterbank(const FrontEndConfig& config);

  /// mel[m] = sum_k weight[m, k] * spectrum[k]; spectrum [n_freqs], mel [n_mels].
  void apply(std::span<const float> spectrum, std::span<float> mel) const;
  /// The full matrix [n_mels, n_freqs], row-major: for tests and for export.
  std::vector<float> dense() const;

 private:
  struct Band {
    int first_bin;
    int n_bins;
    std::size_t offset;  // of the band's first weight in weights_
  };
  std::vector<Band> bands_;
  std::vector<float> weights_;
  int n_freqs_;
};

/// Hz to mel and back, on the given scale.
double hz_to_mel(double hz, MelScale scale);
double mel_to_hz(double mel, MelScale scale);

}  // namespace hitscope::dsp
