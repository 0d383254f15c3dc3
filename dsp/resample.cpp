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
  static constexpr std::size_t kChunk = 16384;  // in the cache all the way through soxr's stages

  Impl(int rate, Quality recipe) : to(rate), quality(recipe) {}

  /// Puts soxr's state at the start of a signal.
  void start(int input_rate) {
    held.clear();
    n_in = n_out = 0;
    if (input_rate == from) {
      if (handle) check(soxr_clear(handle.get()));
      return;
    }
    handle.reset();
    from = 0;
    if (input_rate != to) {
      const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
      const soxr_quality_spec_t recipe = soxr_quality_spec(quality == Quality::kExact ? SOXR_HQ : SOXR_MQ, 0);
      const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);  // one thread: the callers parallelise over files
      soxr_error_t error = nullptr;
      handle = Handle(soxr_create(input_rate, to, 1, &error, &io, &recipe, &runtime), soxr_delete);
      check(error);
      block.resize(kChunk * static_cast<std::size_t>(to) / static_cast<std::size_t>(input_rate) + kChunk);
    }
    from = input_rate;
  }

  /// The length of the converted signal so far (librosa's convention).
  std::uint64_t wanted() const {
    const auto rate = static_cast<std::uint64_t>(from);
    return (n_in * static_cast<std::uint64_t>(to) + rate - 1) / rate;
  }

  /// What soxr has ready after `n` more samples, or at the end where `samples` is null; true if there may be more.
  bool process(const float* samples, std::size_t n, std::vector<float>& out) {
    std::size_t taken = 0;
    std::size_t done = 0;
    const std::size_t room = std::min<std::uint64_t>(block.size(), wanted() - n_out);
    check(soxr_process(handle.get(), samples, n, samples == nullptr ? nullptr : &taken, block.data(), room, &done));
    if (taken != n) throw std::logic_error("soxr: a block was not taken whole");
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(done));
    n_out += done;
    return samples == nullptr ? done > 0 && n_out < wanted() : done == block.size();
  }

  void add_chunk(std::span<const float> samples, std::vector<float>& out) {
    n_in += samples.size();
    for (bool more = process(samples.data(), samples.size(), out); more;) more = process(samples.data(), 0, out);
  }

  int to;
  Quality quality;
  int from = 0;
  Handle handle{nullptr, soxr_delete};  // null where the rates are equal
  std::uint64_t n_in = 0;               // samples given to soxr
  std::uint64_t n_out = 0;
  std::vector<float> held;   // samples that are not yet a chunk: soxr is always given the same chunks
  std::vector<float> block;  // scratch: what soxr has ready
};

Resampler::Resampler(int sample_rate, Quality quality) {
  if (sample_rate < 1) throw std::invalid_argument("resample: the rate is below 1 Hz");
  impl_ = std::make_unique<Impl>(sample_rate, quality);
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

void Resampler::start(int input_rate) {
  if (input_rate < 1) throw std::invalid_argument("resample: the signal's rate is below 1 Hz");
  impl_->start(input_rate);
}

void Resampler::add(std::span<const float> samples, std::vector<float>& out) {
  Impl& s = *impl_;
  if (s.handle == nullptr) {
    out.insert(out.end(), samples.begin(), samples.end());
    return;
  }
  if (!s.held.empty()) {
    const std::size_t n = std::min(Impl::kChunk - s.held.size(), samples.size());
    s.held.insert(s.held.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(n));
    samples = samples.subspan(n);
    if (s.held.size() < Impl::kChunk) return;
    s.add_chunk(s.held, out);
    s.held.clear();
  }
  for (; samples.size() >= Impl::kChunk; samples = samples.subspan(Impl::kChunk)) {
    s.add_chunk(samples.first(Impl::kChunk), out);
  }
  s.held.assign(samples.begin(), samples.end());
}

void Resampler::finish(std::vector<float>& out) {
  Impl& s = *impl_;
  if (s.handle == nullptr) return;
  if (!s.held.empty()) s.add_chunk(s.held, out);
  s.held.clear();
  while (s.process(nullptr, 0, out)) {
  }
  out.insert(out.end(), s.wanted() - s.n_out, 0.0F);  // at most one
  s.n_out = s.wanted();
}

Waveform Resampler::operator()(Waveform waveform) {
  start(waveform.sample_rate);
  if (waveform.sample_rate == impl_->to) return waveform;
  const auto n_in = static_cast<std::uint64_t>(waveform.samples.size());
  Waveform result{{}, impl_->to};
  result.samples.reserve(n_in * static_cast<std::uint64_t>(impl_->to) / waveform.sample_rate + 1);
  add(waveform.samples, result.samples);
  finish(result.samples);
  return result;
}

}  // namespace hitscope::dsp
