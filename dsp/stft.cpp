#include "dsp/stft.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>
#include <stdexcept>
#include <vector>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "dsp/simd.h"

namespace hitscope::dsp {
namespace {

std::mutex& planner_mutex() {
  static std::mutex mutex;  // FFTW's planner is not thread-safe; executing a plan is
  return mutex;
}

template <typename Real>
struct Fftw;
template <>
struct Fftw<double> {
  using Complex = fftw_complex;
  using Plan = fftw_plan;
  static constexpr auto kPlan = fftw_plan_dft_r2c_1d;
  static constexpr auto kExecute = fftw_execute;
  static constexpr auto kDestroy = fftw_destroy_plan;
};
template <>
struct Fftw<float> {
  using Complex = fftwf_complex;
  using Plan = fftwf_plan;
  static constexpr auto kPlan = fftwf_plan_dft_r2c_1d;
  static constexpr auto kExecute = fftwf_execute;
  static constexpr auto kDestroy = fftwf_destroy_plan;
};

struct FftwFree {
  void operator()(void* p) const { fftw_free(p); }
};
template <typename T>
using FftwBuffer = std::unique_ptr<T[], FftwFree>;

template <typename T>
FftwBuffer<T> fftw_buffer(std::size_t n) {
  auto* p = static_cast<T*>(fftw_malloc(n * sizeof(T)));
  if (p == nullptr) throw std::bad_alloc();
  return FftwBuffer<T>(p);
}

double window_value(Window window, int i, int length) {
  if (length == 1) return 1.0;  // torch's and scipy's rule for the window without a period
  const double c = std::cos(2.0 * std::numbers::pi * i / length);
  return window == Window::kHann ? 0.5 - 0.5 * c : 0.54 - 0.46 * c;
}

/// Index into a signal of n samples mirrored at both ends without repeating the edge sample.
std::int64_t reflect(std::int64_t i, std::int64_t n) {
  if (i < 0) i = -i;
  return i >= n ? 2 * (n - 1) - i : i;
}

HITSCOPE_CLONES void multiply(const float* __restrict a, const double* __restrict b, double* __restrict out, int n) {
  for (int i = 0; i < n; ++i) out[i] = a[i] * b[i];
}
HITSCOPE_CLONES void multiply(const float* __restrict a, const float* __restrict b, float* __restrict out, int n) {
  for (int i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

HITSCOPE_CLONES void squared_magnitude(const double* __restrict x, float* __restrict power, int n) {
  for (int k = 0; k < n; ++k) power[k] = static_cast<float>(x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1]);
}
HITSCOPE_CLONES void squared_magnitude(const float* __restrict x, float* __restrict power, int n) {
  for (int k = 0; k < n; ++k) power[k] = x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1];
}

/// rows [kFrameBlock, n_freqs] to bins [n_freqs, kFrameBlock].
void transpose(const float* __restrict rows, float* __restrict bins, int n_freqs) {
  int k = 0;
#if defined(__SSE__)
  for (; k + 4 <= n_freqs; k += 4) {
    for (int f = 0; f < kFrameBlock; f += 4) {
      const float* from = rows + static_cast<std::ptrdiff_t>(f) * n_freqs + k;
      float* to = bins + static_cast<std::ptrdiff_t>(k) * kFrameBlock + f;
      __m128 a = _mm_loadu_ps(from);
      __m128 b = _mm_loadu_ps(from + n_freqs);
      __m128 c = _mm_loadu_ps(from + 2 * n_freqs);
      __m128 d = _mm_loadu_ps(from + 3 * n_freqs);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(to, a);
      _mm_storeu_ps(to + kFrameBlock, b);
      _mm_storeu_ps(to + 2 * kFrameBlock, c);
      _mm_storeu_ps(to + 3 * kFrameBlock, d);
    }
  }
#endif
  for (; k < n_freqs; ++k) {
    for (int f = 0; f < kFrameBlock; ++f)
      bins[k * kFrameBlock + f] = rows[static_cast<std::ptrdiff_t>(f) * n_freqs + k];
  }
}

HITSCOPE_CLONES void square_root(float* values, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) values[i] = std::sqrt(values[i]);
}

}  // namespace

struct Stft::Impl {
  explicit Impl(const FrontEndConfig& c) : config(c), rows(static_cast<std::size_t>(c.n_freqs()) * kFrameBlock) {}
  virtual ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  /// |X|^2 of the n_fft samples from `first` on to `power` [n_freqs].
  virtual void transform(std::span<const float> signal, std::int64_t first, float* power) = 0;

  FrontEndConfig config;
  std::vector<float> rows;  // [kFrameBlock, n_freqs]
};

namespace {

template <typename Real, typename Base>
struct Transform final : Base {
  using Library = Fftw<Real>;

  explicit Transform(const FrontEndConfig& c)
      : Base(c),
        input(fftw_buffer<Real>(c.n_fft)),
        output(fftw_buffer<typename Library::Complex>(c.n_freqs())),
        window(c.n_fft, Real{0}) {
    const int offset = (c.n_fft - c.win_length) / 2;
    for (int i = 0; i < c.win_length; ++i) {
      window[offset + i] = static_cast<Real>(window_value(c.window, i, c.win_length));
    }
    const std::lock_guard lock(planner_mutex());
    // FFTW_ESTIMATE: as fast as FFTW_MEASURE at these sizes, it plans in under a millisecond, and it always picks the
    // same plan: a measured one would make the last bit depend on how busy the machine was.
    plan = Library::kPlan(c.n_fft, input.get(), output.get(), FFTW_ESTIMATE);
    if (plan == nullptr) throw std::runtime_error("FFTW cannot plan n_fft " + std::to_string(c.n_fft));
  }
  ~Transform() override {
    const std::lock_guard lock(planner_mutex());
    Library::kDestroy(plan);
  }

  void transform(std::span<const float> signal, std::int64_t first, float* power) override {
    const FrontEndConfig& c = this->config;
    const auto n = static_cast<std::int64_t>(signal.size());
    if (first >= 0 && first + c.n_fft <= n) {
      multiply(signal.data() + first, window.data(), input.get(), c.n_fft);
    } else {
      for (int i = 0; i < c.n_fft; ++i) {
        const std::int64_t at = c.pad_mode == PadMode::kReflect ? reflect(first + i, n) : first + i;
        input[i] = at >= 0 && at < n ? signal[at] * window[i] : Real{0};
      }
    }
    Library::kExecute(plan);
    squared_magnitude(&output[0][0], power, c.n_freqs());
  }

  FftwBuffer<Real> input;
  FftwBuffer<typename Library::Complex> output;
  std::vector<Real> window;
  typename Library::Plan plan = nullptr;
};

}  // namespace

Stft::Stft(const FrontEndConfig& config) {
  config.validate();
  if (config.quality == Quality::kFast) {
    impl_ = std::make_unique<Transform<float, Impl>>(config);
  } else {
    impl_ = std::make_unique<Transform<double, Impl>>(config);
  }
}
Stft::~Stft() = default;
Stft::Stft(Stft&&) noexcept = default;
Stft& Stft::operator=(Stft&&) noexcept = default;

void Stft::block_power(std::span<const float> signal, std::int64_t first_frame, int n_frames, std::span<float> bins) {
  const FrontEndConfig& config = impl_->config;
  const auto n = static_cast<std::int64_t>(signal.size());
  if (first_frame < 0 || n_frames < 1 || n_frames > kFrameBlock || first_frame + n_frames > config.n_frames(n)) {
    throw std::out_of_range("the signal has no such frames");
  }
  if (bins.size() != static_cast<std::size_t>(config.n_freqs()) * kFrameBlock) {
    throw std::invalid_argument("bins is not [n_freqs, kFrameBlock]");
  }
  const std::int64_t half = config.n_fft / 2;
  if (config.center && config.pad_mode == PadMode::kReflect && n <= half) {
    throw std::invalid_argument("reflect padding needs more than n_fft / 2 samples");
  }
  for (int f = 0; f < n_frames; ++f) {
    const std::int64_t first = (first_frame + f) * config.hop_length - (config.center ? half : 0);
    impl_->transform(signal, first, impl_->rows.data() + static_cast<std::ptrdiff_t>(f) * config.n_freqs());
  }
  transpose(impl_->rows.data(), bins.data(), config.n_freqs());
  if (config.power == 2.0) return;
  if (config.power == 1.0) return square_root(bins.data(), bins.size());
  const auto exponent = static_cast<float>(config.power / 2.0);
  for (float& value : bins) value = std::pow(value, exponent);
}

}  // namespace hitscope::dsp
