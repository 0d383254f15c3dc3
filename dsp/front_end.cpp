#include "dsp/front_end.h"

#include <algorithm>
#include <sstream>
#include <string>

namespace hitscope::dsp {
namespace {

std::string text_of(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

int FrontEndConfig::n_bins() const {
  return feature == Feature::kMel ? n_mels : feature == Feature::kMfcc ? n_mfcc : n_freqs();
}

std::int64_t FrontEndConfig::n_frames(std::int64_t n_samples) const {
  if (n_samples < 1) return 0;
  const std::int64_t padded = center ? n_samples + 2 * static_cast<std::int64_t>(n_fft / 2) : n_samples;
  const std::int64_t n = padded < n_fft ? 0 : 1 + (padded - n_fft) / hop_length;
  return drop_last_frame && n > 0 ? n - 1 : n;
}

std::int64_t FrontEndConfig::n_sound_frames(std::int64_t n_samples, std::int64_t n_padded) const {
  // Samples from the place of a frame to the end of its window, which lies in the middle of n_fft samples.
  const std::int64_t before = (n_fft - win_length) / 2;
  const std::int64_t reach = before + win_length - (center ? n_fft / 2 : 0);
  const auto n_within = [&](std::int64_t n) { return n < reach ? 0 : (n - reach) / hop_length + 1; };
  const std::int64_t all = n_frames(n_padded);
  if (n_within(n_samples) >= n_within(n_padded)) return all;
  return std::clamp<std::int64_t>(n_within(n_samples), 1, std::max<std::int64_t>(1, all));
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
  if (result_scale() != Scale::kDecibel || power != 1.0) c.amin_of = unused.amin_of;
  if (!center) c.pad_mode = unused.pad_mode;
  return c;
}

void FrontEndConfig::validate() const {
  check_fields(*this);
  if (win_length > n_fft) throw FieldError("win_length", std::to_string(win_length), "at most `n_fft`");
  if (feature != Feature::kSpectrogram) validate_mel();
  if (scale == Scale::kCepstrum || (feature == Feature::kMfcc && scale != Scale::kDecibel)) {
    throw FieldError("scale", to_string(scale), "decibel or power, and decibel for mfcc");
  }
}

void FrontEndConfig::validate_mel() const {
  if (resolved_f_max_hz() <= f_min_hz) throw FieldError("f_max", text_of(f_max_hz), "greater than `f_min`");
  if (resolved_f_max_hz() > sample_rate / 2.0) {
    throw FieldError("f_max", text_of(f_max_hz), "at most half of `sample_rate`");
  }
  if (feature == Feature::kMfcc && n_mfcc > n_mels) {
    throw FieldError("n_mfcc", std::to_string(n_mfcc), "at most `n_mels`");
  }
}

}  // namespace hitscope::dsp
