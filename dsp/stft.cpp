#include "dsp/stft.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace hitscope::dsp {
namespace {

std::mutex& planner_mutex() {
  static std::mutex mutex;  // FFTW's planner is not thread-safe; executing a plan is
  return mutex;
}

template <typename T>
struct FftwFree {
  void operator()(T* p) const { fftw_free(p); }
};
template <typename T>
using FftwBuffer = std::unique_ptr<T[], FftwFree<T>>;

template <typename T>
FftwBuffer<T> fftw_buffer(std::size_t n) {
  auto* p = static_cast<T*>(fftw_malloc(n * sizeof(T)));
  if (p == nullptr) throw std::bad_alloc();
  return FftwBuffer<T>(p);
}

double window_value(Window window, int i, int length) {
  const double c = std::cos(2.0 * std::numbers::pi * i / length);
  return window == Window::kHann ? 0.5 - 0.5 * c : 0.54 - 0.46 * c;
}

/// Index into a signal of n samples mirrored at both ends without repeating the edge sample.
std::int64_t reflect(std::int64_t i, std::int64_t n) {
  if (i < 0) i = -i;
  return i >= n ? 2 * (n - 1) - i : i;
}

}  // namespace

struct Stft::Impl {
  explicit Impl(const FrontEndConfig& c)
      : config(c), input(fftw_buffer<double>(c.n_fft)), output(fftw_buffer<fftw_complex>(c.n_freqs())) {
    window.assign(config.n_fft, 0.0);
    const int offset = (config.n_fft - config.win_length) / 2;
    for (int i = 0; i < config.win_length; ++i) {
      window[offset + i] = window_value(config.window, i, config.win_length);
    }
    const std::lock_guard lock(planner_mutex());
    // FFTW_ESTIMATE: as fast as FFTW_MEASURE at these sizes, and it plans in under a millisecond.
    plan = fftw_plan_dft_r2c_1d(config.n_fft, input.get(), output.get(), FFTW_ESTIMATE);
    if (plan == nullptr) throw std::runtime_error("FFTW cannot plan n_fft " + std::to_string(config.n_fft));
  }
  ~Impl() {
    const std::lock_guard lock(planner_mutex());
    fftw_destroy_plan(plan);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void load_frame(std::span<const float> signal, std::int64_t first) {
    const auto n = static_cast<std::int64_t>(signal.size());
    if (first >= 0 && first + config.n_fft <= n) {
      for (int i = 0; i < config.n_fft; ++i) input[i] = signal[first + i] * window[i];
      return;
    }
    for (int i = 0; i < config.n_fft; ++i) {
      const std::int64_t at = config.pad_mode == PadMode::kReflect ? reflect(first + i, n) : first + i;
      input[i] = at >= 0 && at < n ? signal[at] * window[i] : 0.0;
    }
  }

  FrontEndConfig config;
  std::vector<double> window;
  FftwBuffer<double> input;
  FftwBuffer<fftw_complex> output;
  fftw_plan plan = nullptr;
};

Stft::Stft(const FrontEndConfig& config) {
  config.validate();
  impl_ = std::make_unique<Impl>(config);
}
Stft::~Stft() = default;
Stft::Stft(Stft&&) noexcept = default;
Stft& Stft::operator=(Stft&&) noexcept = default;

void Stft::frame_power(std::span<const float> signal, std::int64_t frame, std::span<float> bins) {
  const FrontEndConfig& config = impl_->config;
  const auto n = static_cast<std::int64_t>(signal.size());
  if (frame < 0 || frame >= config.n_frames(n)) throw std::out_of_range("the signal has no such frame");
  if (bins.size() != static_cast<std::size_t>(config.n_freqs())) throw std::invalid_argument("bins is not [n_freqs]");
  const std::int64_t half = config.n_fft / 2;
  if (config.center && config.pad_mode == PadMode::kReflect && n <= half) {
    throw std::invalid_argument("reflect padding needs more than n_fft / 2 samples");
  }
  impl_->load_frame(signal, frame * config.hop_length - (config.center ? half : 0));
  fftw_execute(impl_->plan);
  const fftw_complex* x = impl_->output.get();
  for (std::size_t k = 0; k < bins.size(); ++k) bins[k] = static_cast<float>(x[k][0] * x[k][0] + x[k][1] * x[k][1]);
  if (config.power == 2.0) return;
  const auto exponent = static_cast<float>(config.power / 2.0);
  for (float& value : bins) value = exponent == 0.5F ? std::sqrt(value) : std::pow(value, exponent);
}

}  // namespace hitscope::dsp
