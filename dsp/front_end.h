// The front end: every parameter between a waveform and the values a model sees.
//
// Names, defaults and conventions are librosa's (`librosa.feature.melspectrogram` followed by `power_to_db`); the same
// numbers come out of torchaudio 0.13's `MelSpectrogram` + `AmplitudeToDB` given the same parameters, but for an odd
// n_fft or sample rate, where torchaudio puts its last frequency bin elsewhere than the transform does. Two front ends
// that compare equal give the same values for the same waveform. Named sets of parameters: dsp/presets.h.
// Thread safety: a plain value.
#pragma once

#include <array>
#include <cstdint>

#include "dsp/fields.h"

namespace hitscope::dsp {

/// The quantity that is computed.
enum class Feature { kMel, kSpectrogram, kMfcc };
constexpr auto names_of(Feature) {
  return std::to_array<Name<Feature>>({{Feature::kMel, "mel", "mel bands"},
                                       {Feature::kSpectrogram, "spectrogram", "frequency bins, linear in Hz"},
                                       {Feature::kMfcc, "mfcc", "mel-frequency cepstral coefficients"}});
}

/// Window shape; periodic, as librosa and torch use for an STFT.
enum class Window { kHann, kHamming };
constexpr auto names_of(Window) {
  return std::to_array<Name<Window>>({{Window::kHann, "hann"}, {Window::kHamming, "hamming"}});
}

/// What a centred frame sees beyond the ends of the signal.
enum class PadMode { kConstant, kReflect };
constexpr auto names_of(PadMode) {
  return std::to_array<Name<PadMode>>(
      {{PadMode::kConstant, "constant", "zeros"}, {PadMode::kReflect, "reflect", "the signal mirrored"}});
}

enum class MelScale { kSlaney, kHtk };
constexpr auto names_of(MelScale) {
  return std::to_array<Name<MelScale>>({{MelScale::kSlaney, "slaney", "linear below 1 kHz, logarithmic above"},
                                        {MelScale::kHtk, "htk", "2595 log10(1 + f / 700); librosa's htk=True"}});
}

enum class MelNorm { kSlaney, kNone };
constexpr auto names_of(MelNorm) {
  return std::to_array<Name<MelNorm>>({{MelNorm::kSlaney, "slaney", "triangles of equal area, 2 / (f_right - f_left)"},
                                       {MelNorm::kNone, "none", "triangles of equal height"}});
}

/// The scale of a value. kCepstrum is that of kMfcc only.
enum class Scale { kDecibel, kPower, kCepstrum };
constexpr auto names_of(Scale) {
  return std::to_array<Name<Scale>>({{Scale::kDecibel, "decibel", "decibels relative to 1"},
                                     {Scale::kPower, "power", "|X|^power, without a logarithm"},
                                     {Scale::kCepstrum, "cepstrum", "the scale of mfcc"}});
}

/// What FrontEndConfig::amin bounds where the values are magnitudes (power 1); everywhere else it bounds the values.
enum class AminOf { kPower, kValue };
constexpr auto names_of(AminOf) {
  return std::to_array<Name<AminOf>>(
      {{AminOf::kPower, "power", "the power, also of magnitudes: 1e-10 is -100 dB (librosa.amplitude_to_db)"},
       {AminOf::kValue, "value", "the values as they are: 1e-10 of a magnitude is -200 dB (torchaudio)"}});
}

/// kExact gives librosa's numbers, kFast takes fewer operations: see FrontEndConfig.
enum class Quality { kExact, kFast };
constexpr auto names_of(Quality) {
  return std::to_array<Name<Quality>>({{Quality::kExact, "exact"}, {Quality::kFast, "fast"}});
}

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
  int n_mfcc = 20;                  ///< coefficients kept, 1..n_mels; kMfcc only (orthonormal DCT-II of decibels)
  Scale scale = Scale::kDecibel;    ///< kDecibel or kPower; kMfcc is always made of decibels
  double amin = 1e-10;              ///< values below are raised to it before the logarithm, > 0
  AminOf amin_of = AminOf::kValue;  ///< kPower in the presets of librosa
  double top_db = 80.0;             ///< decibels kept below the clip's maximum; 0 keeps all
  bool drop_last_frame = false;     ///< leave out the last frame, before the maximum is taken
  /// kFast: the transform in single precision, resampling at soxr's "MQ", and an MP3 at twice the sample rate decoded
  /// directly to half its rate, without a filter at the new Nyquist frequency. dsp/README.md says how much the results
  /// differ.
  Quality quality = Quality::kExact;

  /// Number of frequency bins of one transform: n_fft / 2 + 1.
  int n_freqs() const { return n_fft / 2 + 1; }
  /// Rows of the result: n_mels, n_freqs() or n_mfcc.
  int n_bins() const;
  /// kCepstrum for kMfcc, else `scale`.
  Scale result_scale() const { return feature == Feature::kMfcc ? Scale::kCepstrum : scale; }
  /// Number of frames of a signal of n_samples samples; 0 if none fits.
  std::int64_t n_frames(std::int64_t n_samples) const;
  /// Number of frames, from the first on, that see none of the zeros with which a signal of n_samples samples was
  /// padded to n_padded; at least 1, and all of them if it was not padded.
  std::int64_t n_sound_frames(std::int64_t n_samples, std::int64_t n_padded) const;
  /// f_max_hz with 0 resolved to the Nyquist frequency.
  double resolved_f_max_hz() const { return f_max_hz > 0.0 ? f_max_hz : sample_rate / 2.0; }
  /// The same front end with all unused fields at their defaults; two of these are equal if they give the same values.
  FrontEndConfig canonical() const;
  /// Throws FieldError naming field, value and rule.
  void validate() const;

  bool operator==(const FrontEndConfig&) const = default;

  /// The described settings. In render.json `f_max` is the resolved value.
  template <typename Visit>
  static void describe(Visit&& visit);

 private:
  template <typename Visit>
  static void describe_bands(Visit&& visit);
  void validate_mel() const;
};

template <typename Visit>
void FrontEndConfig::describe(Visit&& visit) {
  using C = FrontEndConfig;
  visit(&C::feature, {.name = "feature", .help = "what to compute"});
  visit(&C::scale, {.name = "scale", .help = "scale of the values"});
  visit(&C::sample_rate, {.name = "sample_rate",
                          .help = "sample rate; audio at another rate is resampled first",
                          .value = "HZ",
                          .rule = between(1000, 384000),
                          .flag = "--sample-rate,--sr"});
  visit(&C::n_fft, {.name = "n_fft", .help = "length of the transform in samples", .rule = between(2, 1 << 20)});
  visit(&C::win_length,
        {.name = "win_length", .help = "length of the window in samples (default: `n_fft`)", .rule = at_least(1)});
  visit(&C::hop_length, {.name = "hop_length", .help = "samples between frames", .rule = at_least(1)});
  visit(&C::window, {.name = "window", .help = "window function, periodic"});
  visit(&C::center, {.name = "center",
                     .help = "centre frame t on sample t * `hop_length` (default), or start it there",
                     .flag = "--center,--no-center"});
  visit(&C::pad_mode, {.name = "pad_mode", .help = "padding of centred frames beyond the ends of the signal"});
  visit(&C::power, {.name = "power",
                    .help = "exponent of the magnitude: 1 for magnitude, 2 for power",
                    .rule = {.low = 0, .high = 10, .without_low = true}});
  describe_bands(visit);
  visit(&C::amin, {.name = "amin",
                   .help = "smallest value; smaller ones are raised to it before the logarithm",
                   .rule = {.low = 0, .high = 1, .without_low = true}});
  visit(&C::amin_of, {.name = "amin_of", .help = "what `amin` bounds with `power` 1", .may_be_absent = true});
  visit(&C::top_db, {.name = "top_db",
                     .help = "decibels kept below the maximum of the clip; 0 keeps all",
                     .value = "DB",
                     .rule = at_least(0)});
  visit(&C::drop_last_frame,
        {.name = "drop_last_frame",
         .help = "leave out the last frame, before the maximum is taken that `top_db` counts from, as Whisper does",
         .flag = "--drop-last-frame,--no-drop-last-frame",
         .may_be_absent = true});
  visit(&C::quality, {.name = "quality", .help = "exact numbers or fewer operations", .flag = "-"});
}

template <typename Visit>
void FrontEndConfig::describe_bands(Visit&& visit) {
  using C = FrontEndConfig;
  visit(&C::n_mels, {.name = "n_mels", .help = "number of mel bands", .rule = between(1, 4096)});
  visit(&C::f_min_hz, {.name = "f_min",
                       .help = "lower edge of the lowest band",
                       .value = "HZ",
                       .rule = at_least(0),
                       .flag = "--f-min,--fmin"});
  visit(&C::f_max_hz, {.name = "f_max",
                       .help = "upper edge of the highest band (default: 0, half the sample rate)",
                       .value = "HZ",
                       .rule = at_least(0),
                       .flag = "--f-max,--fmax"});
  visit(&C::mel_scale, {.name = "mel_scale", .help = "formula of the mel scale"});
  visit(&C::norm, {.name = "norm", .help = "normalisation of the mel filters"});
  visit(&C::n_mfcc, {.name = "n_mfcc", .help = "number of MFCC coefficients", .rule = at_least(1)});
}

}  // namespace hitscope::dsp
