#include "dsp/front_end.h"

#include <stdexcept>
#include <string>

#include "dsp/require.h"

namespace hitscope::dsp {
int FrontEndConfig::n_bins() const {
  return feature == Feature::kMel ? n_mels : feature == Feature::kMfcc ? n_mfcc : n_freqs();
}

std::int64_t FrontEndConfig::n_frames(std::int64_t n_samples) const {
  if (n_samples < 1) return 0;
  const std::int64_t padded = center ? n_samples + 2 * static_cast<std::int64_t>(n_fft / 2) : n_samples;
  return padded < n_fft ? 0 : 1 + (padded - n_fft) / hop_length;
}

FrontEndConfig FrontEndConfig::canonical() const {
  const FrontEndConfig unused;
  FrontEndConfig c = *this;
  c.f_max_hz = resolved_f_max_hz();
  if (feature == Feature::kSpectrogram) {
    c.n_mels = unused.n_mels;
    c.f_min_hz = unused.f_min_hz;
    c.f_max_hz = unused.f_max_hz;
    c.mel_scale = unused.mel_scale;
    c.norm = unused.norm;
  }
  if (feature != Feature::kMfcc) c.n_mfcc = unused.n_mfcc;
  if (result_scale() == Scale::kPower) {
    c.amin = unused.amin;
    c.top_db = unused.top_db;
  }
  if (!center) c.pad_mode = unused.pad_mode;
  return c;
}

void FrontEndConfig::validate() const {
  require(sample_rate >= 1000 && sample_rate <= 384000, "sample_rate", sample_rate, "1000 to 384000 Hz");
  require(n_fft >= 2 && n_fft <= (1 << 20), "n_fft", n_fft, "2 to 1048576 samples");
  require(win_length >= 1 && win_length <= n_fft, "win_length", win_length, "1 to n_fft samples");
  require(hop_length >= 1, "hop_length", hop_length, "at least 1 sample");
  require(power > 0.0 && power <= 10.0, "power", power, "greater than 0, at most 10");
  require(n_mels >= 1 && n_mels <= 4096, "n_mels", n_mels, "1 to 4096");
  if (feature == Feature::kSpectrogram) return validate_scale();  // no mel bands
  require(f_min_hz >= 0.0, "f_min", f_min_hz, "at least 0 Hz");
  require(f_max_hz >= 0.0 && resolved_f_max_hz() > f_min_hz, "f_max", f_max_hz, "greater than f_min (0: Nyquist)");
  require(resolved_f_max_hz() <= sample_rate / 2.0, "f_max", f_max_hz, "at most half the sample rate");
  require(n_mfcc >= 1, "n_mfcc", n_mfcc, "at least 1");
  require(feature != Feature::kMfcc || n_mfcc <= n_mels, "n_mfcc", n_mfcc, "at most n_mels");
  validate_scale();
}

void FrontEndConfig::validate_scale() const {
  require(amin > 0.0 && amin <= 1.0, "amin", amin, "greater than 0, at most 1");
  require(top_db >= 0.0, "top_db", top_db, "at least 0 dB (0: no limit)");
  if (scale == Scale::kCepstrum || (feature == Feature::kMfcc && scale != Scale::kDecibel)) {
    throw std::invalid_argument("scale is " + std::string(to_string(scale)) +
                                "; it must be decibel or power, and decibel for mfcc");
  }
}

std::string_view to_string(Feature value) {
  return value == Feature::kMel ? "mel" : value == Feature::kMfcc ? "mfcc" : "spectrogram";
}
std::string_view to_string(Window value) {
  return value == Window::kHann ? "hann" : "hamming";
}
std::string_view to_string(PadMode value) {
  return value == PadMode::kConstant ? "constant" : "reflect";
}
std::string_view to_string(MelScale value) {
  return value == MelScale::kSlaney ? "slaney" : "htk";
}
std::string_view to_string(MelNorm value) {
  return value == MelNorm::kNone ? "none" : "slaney";
}
std::string_view to_string(Scale value) {
  return value == Scale::kPower ? "power" : value == Scale::kDecibel ? "decibel" : "cepstrum";
}
std::string_view to_string(Quality value) {
  return value == Quality::kExact ? "exact" : "fast";
}

}  // namespace hitscope::dsp
