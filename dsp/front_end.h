// The front end: every parameter between a waveform and the values a model sees.
//
// Names, defaults and conventions are librosa's (`librosa.feature.melspectrogram` followed by `power_to_db`); the same
// numbers come out of torchaudio 0.13's `MelSpectrogram` + `AmplitudeToDB` given the same parameters, but for an odd
// n_fft or sample rate, where torchaudio puts its last frequency bin elsewhere than the transform does. Two front ends
// that compare equal give the same values for the same waveform. Named sets of parameters: dsp/presets.h. Thread
// safety: a plain value.
#pragma once

#include <cstdint>
#include <string_view>

namespace hitscope::dsp {

enum class Feature { kMel, kSpectrogram, kMfcc };  ///< mel bands; STFT bins, linear in Hz; mel cepstral coefficients
enum class Window { kHann, kHamming };             ///< periodic, as librosa and torch use for an STFT
enum class PadMode { kConstant, kReflect };        ///< what a centred frame sees beyond the ends of the signal
enum class MelScale { kSlaney, kHtk };             ///< Slaney: linear below 1 kHz; HTK: 2595 log10(1 + f/700)
enum class MelNorm { kSlaney, kNone };             ///< Slaney: triangles of equal area, 2 / (f_right - f_left)
enum class Scale { kDecibel, kPower, kCepstrum };  ///< of a value: decibels relative to 1; |X|^power; of kMfcc
enum class Quality { kExact, kFast };              ///< librosa's numbers; or fewer operations, see FrontEndConfig

struct FrontEndConfig {
  Feature feature = Feature::kMel;
  int sample_rate = 22050;                ///< Hz; input at another rate is resampled first
  int n_fft = 2048;                       ///< samples per transform, >= 2
  int win_length = 2048;                  ///< samples under the window, 1..n_fft; zero-padded to n_fft in the middle
  int hop_length = 512;                   ///< samples between frames, >= 1
  Window window = Window::kHann;          ///< window shape
  bool center = true;                     ///< frame t is centred on sample t * hop_length
  PadMode pad_mode = PadMode::kConstant;  ///< padding of centred frames
  double power = 2.0;                     ///< exponent of the magnitude: 1 magnitude, 2 power
  int n_mels = 128;                       ///< mel bands, >= 1; unused by kSpectrogram
  double f_min_hz = 0.0;                  ///< lowest edge of the lowest band, Hz, >= 0
  double f_max_hz = 0.0;                  ///< highest edge of the highest band, Hz; 0 means sample_rate / 2
  MelScale mel_scale = MelScale::kSlaney;
  MelNorm norm = MelNorm::kSlaney;
  int n_mfcc = 20;                ///< coefficients kept, 1..n_mels; kMfcc only (orthonormal DCT-II of decibels)
  Scale scale = Scale::kDecibel;  ///< kDecibel or kPower; kMfcc is always made of decibels
  double amin = 1e-10;            ///< values below are raised to it before the logarithm, > 0
  double top_db = 80.0;           ///< decibels kept below the clip's maximum; 0 keeps all
  /// kFast: the transform in single precision, resampling at soxr's "MQ", and an MP3 at twice the sample rate decoded
  /// straight to half its rate, without a filter at the new Nyquist frequency. See the README for how it differs.
  Quality quality = Quality::kExact;

  /// Number of frequency bins of one transform: n_fft / 2 + 1.
  int n_freqs() const { return n_fft / 2 + 1; }
  /// Rows of the result: n_mels, n_freqs() or n_mfcc.
  int n_bins() const;
  /// kCepstrum for kMfcc, else `scale`.
  Scale result_scale() const { return feature == Feature::kMfcc ? Scale::kCepstrum : scale; }
  /// Number of frames of a signal of n_samples samples; 0 where not even one frame fits.
  std::int64_t n_frames(std::int64_t n_samples) const;
  /// f_max_hz with 0 resolved to the Nyquist frequency.
  double resolved_f_max_hz() const { return f_max_hz > 0.0 ? f_max_hz : sample_rate / 2.0; }
  /// The same front end with every field that it does not use at its default: equal where the values are.
  FrontEndConfig canonical() const;
  /// Throws std::invalid_argument naming field, value and rule.
  void validate() const;

  bool operator==(const FrontEndConfig&) const = default;

 private:
  void validate_scale() const;
};

/// Names as librosa and torchaudio spell them, e.g. "mel", "hann", "reflect"; stored in render.json.
std::string_view to_string(Feature value);
std::string_view to_string(Window value);
std::string_view to_string(PadMode value);
std::string_view to_string(MelScale value);
std::string_view to_string(MelNorm value);
std::string_view to_string(Scale value);
std::string_view to_string(Quality value);

}  // namespace hitscope::dsp
