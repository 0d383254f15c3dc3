// Computes the values a model sees from a waveform. This is the main interface of dsp.
//
// compute() = STFT, |X|^power, then by FrontEndConfig::feature
//   kSpectrogram  the bins as they are           (librosa.stft, torchaudio Spectrogram)
//   kMel          the mel filterbank             (librosa melspectrogram, torchaudio MelSpectrogram)
//   kMfcc         n_mfcc coefficients of the orthonormal DCT-II of the mel decibels (librosa and torchaudio MFCC)
// and, with Scale::kDecibel, 10 log10(max(amin, x)) cut at top_db below the clip's maximum (librosa power_to_db with
// ref = 1, torchaudio AmplitudeToDB; 20 log10 for magnitudes). It does not resample or downmix.
// Thread safety: one instance per thread; it owns the transform's buffers.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dsp/front_end.h"
#include "dsp/mel_filterbank.h"
#include "dsp/spectrogram.h"
#include "dsp/stft.h"

namespace hitscope::dsp {

/// The orthonormal DCT-II that makes n_out cepstral coefficients of n_in mel decibels: [n_out, n_in], row-major.
std::vector<double> dct_matrix(int n_out, int n_in);

class FeatureExtractor {
 public:
  /// Throws std::invalid_argument for a config that does not validate.
  explicit FeatureExtractor(const FrontEndConfig& config);

  /// The features of `signal` [n_samples] at config().sample_rate: [config().n_bins(), n_frames], n_frames =
  /// config().n_frames(n_samples). Throws std::invalid_argument when the signal has no frame.
  Spectrogram compute(std::span<const float> signal);
  /// The same into `result`, whose memory is reused.
  void compute(std::span<const float> signal, Spectrogram& result);

  /// The features of `signal` cut, or padded with zeros at its end, to `n_samples` samples.
  Spectrogram compute_length(std::span<const float> signal, std::size_t n_samples);

  const FrontEndConfig& config() const { return config_; }

 private:
  void compute_power(std::span<const float> signal, int n_frames, std::vector<float>& values);
  void cepstrum(int n_frames, std::vector<float>& values);

  FrontEndConfig config_;
  Stft stft_;
  MelFilterbank filterbank_;
  std::vector<float> bins_;      // scratch [n_freqs, kFrameBlock]
  std::vector<float> mel_;       // scratch [n_mels, kFrameBlock]
  std::vector<float> decibels_;  // kMfcc: scratch [n_mels, n_frames]
  std::vector<double> dct_;      // kMfcc: [n_mfcc, n_mels]
};

}  // namespace hitscope::dsp
