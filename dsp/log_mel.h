// LogMel: a waveform in, its mel spectrogram out. The front door of dsp.
//
// compute() = STFT, |X|^power, mel filterbank, 10 log10(max(amin, x)), cut at top_db below the clip's maximum:
// librosa's melspectrogram followed by power_to_db(ref=1), and torchaudio's MelSpectrogram followed by AmplitudeToDB.
// It does not resample, downmix or pad to a length.
// Thread safety: one instance per thread; it owns the transform's buffers.
#pragma once

#include <span>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/mel_filterbank.h"
#include "dsp/spectrogram.h"
#include "dsp/stft.h"

namespace hitscope::dsp {

class LogMel {
 public:
  /// Throws std::invalid_argument for a config that does not validate.
  explicit LogMel(const FrontEndConfig& config);

  /// Mel spectrogram in decibels of `signal` [n_samples] at config().sample_rate: [n_mels, n_frames], n_frames =
  /// config().n_frames(n_samples). Throws std::invalid_argument when the signal has no frame.
  Spectrogram compute(std::span<const float> signal);
  /// The same before the logarithm, scale kPower.
  Spectrogram compute_power(std::span<const float> signal);

  const FrontEndConfig& config() const { return config_; }

 private:
  FrontEndConfig config_;
  Stft stft_;
  MelFilterbank filterbank_;
  std::vector<float> bins_;  // scratch [n_freqs]
  std::vector<float> mel_;   // scratch [n_mels]
};

/// Power to decibels in place: 10 log10(max(amin, x)), then at least (maximum - top_db); top_db 0 keeps all.
void power_to_db(Spectrogram& spectrogram, double amin, double top_db);

}  // namespace hitscope::dsp
