#include "dsp/frame_window.h"

#include <cmath>
#include <numbers>

namespace hitscope::dsp {
namespace {

double window_value(Window window, int i, int length) {
  if (length == 1) return 1.0;  // torch's and scipy's rule for the window without a period
  const double c = std::cos(2.0 * std::numbers::pi * i / length);
  return window == Window::kHann ? 0.5 - 0.5 * c : 0.54 - 0.46 * c;
}

}  // namespace

std::vector<double> frame_window(const FrontEndConfig& config) {
  config.validate();
  std::vector<double> values(config.n_fft, 0.0);
  const int offset = (config.n_fft - config.win_length) / 2;
  for (int i = 0; i < config.win_length; ++i) {
    values[offset + i] = window_value(config.window, i, config.win_length);
  }
  return values;
}

}  // namespace hitscope::dsp
