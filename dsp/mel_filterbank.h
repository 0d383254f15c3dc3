// Triangular mel filters, stored and applied as a banded matrix.
//
// Filters are computed in double precision and rounded to float once. They equal librosa.filters.mel and
// torchaudio.functional.melscale_fbanks (whose own arithmetic is float32) to 1e-6; the latter not for odd n_fft or
// sample rates, where it takes sample_rate // 2 for the frequency of the last bin. Reference: Slaney, "Auditory
// Toolbox", 1998; Young et al., "The HTK Book".
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

  /// mel[m, f] = sum_k weight[m, k] * bins[k, f] for a block of frames: bins [n_freqs, kFrameBlock], mel
  /// [n_mels, kFrameBlock].
  void apply(std::span<const float> bins, std::span<float> mel) const;
  /// The full matrix [n_mels, n_freqs], row-major, for tests and export.
  std::vector<float> dense() const;
  /// The number of bands so narrow that they contain no frequency bin and are always 0; librosa and torchaudio warn
  /// about them.
  int n_empty() const;

  /// Internal: the place of a band's weights.
  struct Band {
    int first_bin;
    int n_bins;
    std::size_t offset;  ///< index of its first weight
  };

 private:
  std::vector<Band> bands_;
  std::vector<float> weights_;
  int n_freqs_;
};

/// Hz to mel and back, on the given scale.
double hz_to_mel(double hz, MelScale scale);
double mel_to_hz(double mel, MelScale scale);

}  // namespace hitscope::dsp
