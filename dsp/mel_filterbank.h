// Triangular mel filters, kept and applied as the banded matrix they are.
//
// Filters are computed in double precision and rounded to float once. They equal librosa.filters.mel and
// torchaudio.functional.melscale_fbanks (whose own arithmetic is float32) to 1e-6; of the latter not for odd n_fft or
// sample rates, where it takes its last bin for sample_rate // 2 instead of the transform's own frequency.
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

  /// mel[m, f] = sum_k weight[m, k] * bins[k, f] for a block of frames: bins [n_freqs, kFrameBlock], mel
  /// [n_mels, kFrameBlock].
  void apply(std::span<const float> bins, std::span<float> mel) const;
  /// The full matrix [n_mels, n_freqs], row-major: for tests and for export.
  std::vector<float> dense() const;
  /// Bands so narrow that no frequency bin lies in them: always silent. librosa and torchaudio warn of these.
  int n_empty() const;

  /// Internal: where a band's weights lie.
  struct Band {
    int first_bin;
    int n_bins;
    std::size_t offset;  ///< of its first weight
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
