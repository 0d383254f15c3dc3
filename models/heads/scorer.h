// Scorer: a waveform of any length in, the prediction of a head with spectrogram input out.
//
// The waveform is heard in windows of the length that the head was trained on, one after the other; the last one ends
// where the waveform ends, and a rest shorter than a tenth of a window is left out. The prediction is the mean over the
// windows, of probabilities or of values. It does not decode, resample or downmix.
// Thread safety: one thread per Scorer (which may use many itself).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "dsp/feature_extractor.h"
#include "models/head.h"

namespace hitscope::models::heads {

/// First samples of the windows of `window` samples that cover `n_samples` samples; at least one, which may reach
/// beyond the end.
std::vector<std::size_t> window_starts(std::size_t n_samples, std::size_t window);

struct Score {
  std::size_t n_windows = 0;
  data::Predictions prediction;  ///< one row
};

class Scorer {
 public:
  /// `head`: fitted or loaded, trained on spectrograms of `n_samples` samples by `front_end`. Throws
  /// std::invalid_argument for a head that needs table columns, a front end that does not validate, no samples.
  Scorer(std::unique_ptr<Head> head, const dsp::FrontEndConfig& front_end, std::size_t n_samples);

  /// `samples` [n] mono at the front end's sample rate; padded with zeros where they are shorter than a window. Throws
  /// SpectrogramError naming the window where samples far outside [-1, 1] overflow.
  Score score(std::span<const float> samples);
  const Head& head() const { return *head_; }

 private:
  std::unique_ptr<Head> head_;
  dsp::FeatureExtractor extractor_;
  std::size_t n_samples_;
};

}  // namespace hitscope::models::heads
