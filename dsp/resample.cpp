#include "dsp/resample.h"

#include <soxr.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace hitscope::dsp {
namespace {

void check(soxr_error_t error) {
  if (error != nullptr) throw std::runtime_error(std::string("soxr: ") + soxr_strerror(error));
}

}  // namespace

std::string_view resampler_name(Quality quality) {
  return quality == Quality::kExact ? "soxr_hq" : "soxr_mq";
}

struct Resampler::Impl {
  using Handle = std::unique_ptr<soxr, void (*)(soxr_t)>;

  /// soxr's state at the start of a signal.
  soxr_t fresh(int input_rate) {
    if (handle && input_rate == from) {
      check(soxr_clear(handle.get()));
      return handle.get();
    }
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t recipe = soxr_quality_spec(quality == Quality::kExact ? SOXR_HQ : SOXR_MQ, 0);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);  // one thread: the callers parallelise over files
    soxr_error_t error = nullptr;
    handle = Handle(soxr_create(input_rate, to, 1, &error, &io, &recipe, &runtime), soxr_delete);
    check(error);
    from = input_rate;
    return handle.get();
  }

  int to;
  Quality quality;
  int from = 0;
  Handle handle{nullptr, soxr_delete};
};

Resampler::Resampler(int sample_rate, Quality quality) {
  if (sample_rate < 1) throw std::invalid_argument("resample: the rate is below 1 Hz");
  impl_ = std::make_unique<Impl>(Impl{sample_rate, quality});
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

Waveform Resampler::operator()(Waveform waveform) {
  if (waveform.sample_rate < 1) throw std::invalid_argument("resample: the waveform's rate is below 1 Hz");
  if (waveform.sample_rate == impl_->to) return waveform;
  const std::size_t n_in = waveform.samples.size();
  const auto n_out = static_cast<std::size_t>(
      (static_cast<std::uint64_t>(n_in) * impl_->to + waveform.sample_rate - 1) / waveform.sample_rate);
  Waveform result{std::vector<float>(n_out), impl_->to};
  if (n_in == 0) return result;
  const soxr_t state = impl_->fresh(waveform.sample_rate);
  float* out = result.samples.data();
  std::size_t read = 0;
  std::size_t written = 0;
  std::size_t done = 0;
  constexpr std::size_t kChunk = 16384;  // in the cache all the way through soxr's stages
  while (read < n_in && written < n_out) {
    std::size_t taken = 0;
    const std::size_t n = std::min(kChunk, n_in - read);
    check(soxr_process(state, waveform.samples.data() + read, n, &taken, out + written, n_out - written, &done));
    read += taken;
    written += done;
  }
  do {
    check(soxr_process(state, nullptr, 0, nullptr, out + written, n_out - written, &done));
    written += done;
  } while (done > 0 && written < n_out);
  return result;  // samples past `written` (at most one) stay zero
}

}  // namespace hitscope::dsp
