#include "dsp/front_end.h"

#include <stdexcept>
#include <string>

namespace hitscope::dsp {
namespace {

template <typename T>
void require(bool ok, const char* field, T value, const char* rule) {
  if (!ok) throw std::invalid_argument(std::string(field) + " is " + std::to_string(value) + "; it must be " + rule);
}

}  // namespace

std::int64_t FrontEndConfig::n_frames(std::int64_t n_samples) const {
  if (center) return n_samples > 0 ? 1 + n_samples / hop_length : 0;
  return n_samples < n_fft ? 0 : 1 + (n_samples - n_fft) / hop_length;
}

void FrontEndConfig::validate() const {
  require(sample_rate >= 1000 && sample_rate <= 384000, "sample_rate", sample_rate, "1000 to 384000 Hz");
  require(n_fft >= 2 && n_fft <= (1 << 20), "n_fft", n_fft, "2 to 1048576 samples");
  require(win_length >= 1 && win_length <= n_fft, "win_length", win_length, "1 to n_fft samples");
  require(hop_length >= 1, "hop_length", hop_length, "at least 1 sample");
  require(power > 0.0, "power", power, "greater than 0");
  require(n_mels >= 1 && n_mels <= 4096, "n_mels", n_mels, "1 to 4096");
  require(f_min_hz >= 0.0, "f_min", f_min_hz, "at least 0 Hz");
  require(f_max_hz >= 0.0 && resolved_f_max_hz() > f_min_hz, "f_max", f_max_hz, "greater than f_min (0: Nyquist)");
  require(resolved_f_max_hz() <= sample_rate / 2.0, "f_max", f_max_hz, "at most half the sample rate");
  require(amin > 0.0, "amin", amin, "greater than 0");
  require(top_db >= 0.0, "top_db", top_db, "at least 0 dB (0: no limit)");
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

}  // namespace hitscope::dsp
