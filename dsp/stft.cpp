#include "dsp/stft.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <vector>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "dsp/frame_window.h"
#include "dsp/simd.h"

namespace hitscope::dsp {
namespace {

std::mutex& planner_mutex() {
  static std::mutex mutex;  // FFTW's planner is not thread-safe; executing a plan is
  return mutex;
}

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

template <typename Real>
std::vector<Real> window_in(const FrontEndConfig& config) {
  const std::vector<double> window = frame_window(config);
  return {window.begin(), window.end()};
}

/// Index into a signal of n samples mirrored at both ends without repeating the edge sample.
std::int64_t reflect(std::int64_t i, std::int64_t n) {
  if (i < 0) i = -i;
  return i >= n ? 2 * (n - 1) - i : i;
}

HITSCOPE_CLONES void multiply(const float* __restrict a, const float* __restrict b, float* __restrict out, int n) {
  for (int i = 0; i < n; ++i) out[i] = a[i] * b[i];
}
HITSCOPE_CLONES void multiply(const float* __restrict a, const double* __restrict b, double* __restrict out, int n) {
  for (int i = 0; i < n; ++i) out[i] = a[i] * b[i];
}

HITSCOPE_CLONES void squared_magnitude(const float* __restrict x, float* __restrict power, int n) {
  for (int k = 0; k < n; ++k) power[k] = x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1];
}
using Doubles [[gnu::vector_size(64)]] = double;
using Floats [[gnu::vector_size(32)]] = float;
constexpr int kLanes = 8;

template <typename Vector, typename Value>
[[gnu::always_inline]] inline void load(Vector& vector, const Value* from) {
  std::memcpy(&vector, from, sizeof vector);
}
[[gnu::always_inline]] inline void load_reversed(Doubles& vector, const double* last) {
  load(vector, last - (kLanes - 1));
  vector = __builtin_shufflevector(vector, vector, 7, 6, 5, 4, 3, 2, 1, 0);
}
[[gnu::always_inline]] inline void store(float* to, const Doubles& values) {
  const Floats floats = __builtin_convertvector(values, Floats);
  std::memcpy(to, &floats, sizeof floats);
}

/// |A|^2 and |B|^2 from the transform z of a + ib: 2A[k] = z[k] + conj(z[n - k]), 2iB[k] = z[k] - conj(z[n - k]).
/// The mirrored index keeps the compiler from vectorising a plain loop.
HITSCOPE_CLONES void squared_magnitudes(const double* real, const double* imaginary, int n_fft, float* power_a,
                                        float* power_b, int n_freqs) {
  power_a[0] = static_cast<float>(real[0] * real[0]);
  power_b[0] = static_cast<float>(imaginary[0] * imaginary[0]);
  int k = 1;
  for (; k + kLanes <= n_freqs; k += kLanes) {
    Doubles re;
    Doubles im;
    Doubles mirrored_re;
    Doubles mirrored_im;
    load(re, real + k);
    load(im, imaginary + k);
    load_reversed(mirrored_re, real + n_fft - k);
    load_reversed(mirrored_im, imaginary + n_fft - k);
    const Doubles re_sum = re + mirrored_re;
    const Doubles re_difference = re - mirrored_re;
    const Doubles im_sum = im + mirrored_im;
    const Doubles im_difference = im - mirrored_im;
    store(power_a + k, 0.25 * (re_sum * re_sum + im_difference * im_difference));
    store(power_b + k, 0.25 * (im_sum * im_sum + re_difference * re_difference));
  }
  for (; k < n_freqs; ++k) {
    const double re_sum = real[k] + real[n_fft - k];
    const double re_difference = real[k] - real[n_fft - k];
    const double im_sum = imaginary[k] + imaginary[n_fft - k];
    const double im_difference = imaginary[k] - imaginary[n_fft - k];
    power_a[k] = static_cast<float>(0.25 * (re_sum * re_sum + im_difference * im_difference));
    power_b[k] = static_cast<float>(0.25 * (im_sum * im_sum + re_difference * re_difference));
  }
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
  explicit Impl(const FrontEndConfig& c)
      : config(c),
        rows(static_cast<std::size_t>(c.n_freqs()) * kFrameBlock),
        edge(2 * static_cast<std::size_t>(c.n_fft)) {}
  virtual ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  /// |X|^2 of two frames of n_fft samples to `power` [2, n_freqs].
  virtual void transform_two(const float* a, const float* b, float* power) = 0;

  /// The n_fft samples from `first` on, in place or, beyond the ends of the signal, in one of two places to pad them.
  const float* frame(std::span<const float> signal, std::int64_t first, int place) {
    const auto n = static_cast<std::int64_t>(signal.size());
    if (first >= 0 && first + config.n_fft <= n) return signal.data() + first;
    float* padded = edge.data() + static_cast<std::ptrdiff_t>(place) * config.n_fft;
    for (int i = 0; i < config.n_fft; ++i) {
      const std::int64_t at = config.pad_mode == PadMode::kReflect ? reflect(first + i, n) : first + i;
      padded[i] = at >= 0 && at < n ? signal[at] : 0.0F;
    }
    return padded;
  }

  FrontEndConfig config;
  std::vector<float> rows;  // [kFrameBlock, n_freqs]
  std::vector<float> edge;  // [2, n_fft]
};

namespace {

// FFTW_ESTIMATE: FFTW_MEASURE would save a tenth of the transform and cost 150 ms of planning, or a file of wisdom, and
// the last bit of a spectrogram would depend on how busy the machine was when that was made. An estimated plan is
// always the same.
constexpr unsigned kPlanning = FFTW_ESTIMATE;

/// Quality::kExact. Two frames share one complex transform, a fifth cheaper than two real ones. In double precision a
/// loud frame does not leak into a silent one that shares its transform.
template <typename Base>
struct PairTransform final : Base {
  explicit PairTransform(const FrontEndConfig& c) : Base(c), window(window_in<double>(c)) {
    for (auto* buffer : {&a, &b, &real, &imaginary}) *buffer = fftw_buffer<double>(c.n_fft);
    const fftw_iodim size{c.n_fft, 1, 1};
    const std::lock_guard lock(planner_mutex());
    plan = fftw_plan_guru_split_dft(1, &size, 0, nullptr, a.get(), b.get(), real.get(), imaginary.get(), kPlanning);
    if (plan == nullptr) throw std::runtime_error("FFTW cannot plan n_fft " + std::to_string(c.n_fft));
  }
  ~PairTransform() override {
    const std::lock_guard lock(planner_mutex());
    fftw_destroy_plan(plan);
  }

  void transform_two(const float* first, const float* second, float* power) override {
    const FrontEndConfig& c = this->config;
    multiply(first, window.data(), a.get(), c.n_fft);
    multiply(second, window.data(), b.get(), c.n_fft);
    fftw_execute(plan);
    squared_magnitudes(real.get(), imaginary.get(), c.n_fft, power, power + c.n_freqs(), c.n_freqs());
  }

  FftwBuffer<double> a;  // the first frame, as real part
  FftwBuffer<double> b;  // the second, as imaginary part
  FftwBuffer<double> real;
  FftwBuffer<double> imaginary;
  std::vector<double> window;
  fftw_plan plan = nullptr;
};

/// Quality::kFast.
template <typename Base>
struct SingleTransform final : Base {
  explicit SingleTransform(const FrontEndConfig& c)
      : Base(c),
        data(fftw_buffer<float>(c.n_fft)),
        result(fftw_buffer<fftwf_complex>(c.n_freqs())),
        window(window_in<float>(c)) {
    const std::lock_guard lock(planner_mutex());
    plan = fftwf_plan_dft_r2c_1d(c.n_fft, data.get(), result.get(), kPlanning);
    if (plan == nullptr) throw std::runtime_error("FFTW cannot plan n_fft " + std::to_string(c.n_fft));
  }
  ~SingleTransform() override {
    const std::lock_guard lock(planner_mutex());
    fftwf_destroy_plan(plan);
  }

  void transform_two(const float* a, const float* b, float* power) override {
    transform(a, power);
    transform(b, power + this->config.n_freqs());
  }
  void transform(const float* frame, float* power) {
    multiply(frame, window.data(), data.get(), this->config.n_fft);
    fftwf_execute(plan);
    squared_magnitude(&result[0][0], power, this->config.n_freqs());
  }

  FftwBuffer<float> data;
  FftwBuffer<fftwf_complex> result;
  std::vector<float> window;
  fftwf_plan plan = nullptr;
};

}  // namespace

Stft::Stft(const FrontEndConfig& config) {
  config.validate();
  if (config.quality == Quality::kFast) {
    impl_ = std::make_unique<SingleTransform<Impl>>(config);
  } else {
    impl_ = std::make_unique<PairTransform<Impl>>(config);
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
  const auto frame = [&](int f, int place) {
    return impl_->frame(signal, (first_frame + f) * config.hop_length - (config.center ? half : 0), place);
  };
  for (int f = 0; f < n_frames; f += 2) {
    const float* a = frame(f, 0);
    const float* b = f + 1 < n_frames ? frame(f + 1, 1) : a;
    impl_->transform_two(a, b, impl_->rows.data() + static_cast<std::ptrdiff_t>(f) * config.n_freqs());
  }
  transpose(impl_->rows.data(), bins.data(), config.n_freqs());
  if (config.power == 2.0) return;
  if (config.power == 1.0) return square_root(bins.data(), bins.size());
  const auto exponent = static_cast<float>(config.power / 2.0);
  for (float& value : bins) value = std::pow(value, exponent);
}

}  // namespace hitscope::dsp
