// Scorer: a waveform of any length in, the predictions of heads with spectrogram input out.
//
// The waveform is heard in windows of the length that the heads were trained on, one after the other; the last one ends
// where the waveform ends, and a rest shorter than a tenth of a window is left out. A prediction is the mean over the
// windows, of probabilities or of values. The waveform may come in pieces: memory is that of two windows and of at most
// 262,144 numbers for each head. It does not decode, resample or downmix.
// Thread safety: one thread per Scorer (which may use many itself).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dsp/feature_extractor.h"
#include "models/head.h"

namespace hitscope::models::heads {

/// What one head says of a window of a waveform.
struct WindowScore {
  std::size_t first = 0;         ///< its first sample
  std::size_t end = 0;           ///< the sample behind its last one; of a padded window the end of the waveform
  data::Predictions prediction;  ///< one row
};

/// What one head says of a waveform.
struct Score {
  std::size_t n_windows = 0;
  std::size_t n_heard = 0;             ///< samples that lie in a window
  data::Predictions prediction;        ///< one row
  std::vector<WindowScore> windows{};  ///< where Scorer::keep_windows() was asked for
};

/// A window's spectrogram, and where in it a head found what speaks for a class (Head::class_activation).
struct Evidence {
  dsp::Spectrogram spectrogram;
  std::vector<float> weights;  ///< [n_bins, n_frames], 0..1
};

/// The mean over the predictions of windows, whose number is known at the end only.
class WindowMean {
 public:
  void add(data::Predictions prediction);
  /// Throws std::logic_error where nothing was added.
  data::Predictions mean() const;

 private:
  std::optional<data::Predictions> last_;
  std::size_t n_windows_ = 0;
  std::vector<double> all_;  // of every window, one behind the other, until there are too many to keep
  std::vector<double> sum_;
};

class Scorer {
 public:
  /// `heads`: fitted or loaded, trained on spectrograms of `n_samples` samples by `front_end`. Throws
  /// std::invalid_argument for no heads, one that needs table columns, a front end that does not validate, no samples.
  Scorer(std::vector<std::unique_ptr<Head>> heads, const dsp::FrontEndConfig& front_end, std::size_t n_samples);

  /// From now on scores hold those of each window, too: memory then grows with the waveform.
  void keep_windows() { keeps_windows_ = true; }

  /// Hears the next samples of a waveform [n], mono at the front end's sample rate. Throws SpectrogramError naming the
  /// window where samples far outside [-1, 1] overflow, and what a head throws; then only clear() may follow.
  void add(std::span<const float> samples);
  /// The score of each head, in their order, of what was added; a waveform shorter than a window is padded with zeros,
  /// which the networks do not see (models/neural/spectrogram_batches.h).
  /// Begins the next waveform. Throws as add().
  std::vector<Score> finish();
  /// Forgets the waveform that was begun.
  void clear();
  /// What speaks for class `cls` (of values, where 0 is the only one: for a high value) in the samples of a window, by
  /// the head with this number.
  Evidence evidence(std::size_t head, std::span<const float> samples, int cls);
  /// The scores of a whole waveform.
  std::vector<Score> score(std::span<const float> samples);

 private:
  void hear(std::span<const float> samples);
  data::Examples examples_of(const dsp::Spectrogram& window, std::size_t n_samples) const;

  std::vector<std::unique_ptr<Head>> heads_;
  dsp::FeatureExtractor extractor_;
  std::size_t n_samples_;
  std::vector<float> recent_;  // the last whole window, and what came after it
  std::size_t n_windows_ = 0;
  std::size_t n_added_ = 0;        // samples
  std::vector<WindowMean> means_;  // of each head
  bool keeps_windows_ = false;
  std::vector<std::vector<WindowScore>> windows_;  // of each head
};

}  // namespace hitscope::models::heads
