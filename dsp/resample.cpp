#include "dsp/resample.h"

#include <soxr.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace hitscope::dsp {

Waveform resample(const Waveform& waveform, int sample_rate) {
  if (sample_rate < 1 || waveform.sample_rate < 1) throw std::invalid_argument("resample: a rate is below 1 Hz");
  if (waveform.sample_rate == sample_rate) return waveform;
  const std::size_t n_in = waveform.samples.size();
  const auto n_out = static_cast<std::size_t>(
      (static_cast<std::uint64_t>(n_in) * sample_rate + waveform.sample_rate - 1) / waveform.sample_rate);
  Waveform result{std::vector<float>(n_out), sample_rate};
  if (n_in == 0) return result;
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);  // one thread: the callers parallelise over files
  std::size_t done = 0;
  const soxr_error_t error = soxr_oneshot(waveform.sample_rate, sample_rate, 1, waveform.samples.data(), n_in, nullptr,
                                          result.samples.data(), n_out, &done, &io, &quality, &runtime);
  if (error != nullptr) throw std::runtime_error(std::string("soxr: ") + soxr_strerror(error));
  return result;  // samples past `done` (at most one) stay zero
}

}  // namespace hitscope::dsp
