#include "ingest/mono_output.h"

#include <algorithm>

#include "dsp/simd.h"
#include "ingest/mapped_bytes.h"

namespace hitscope::ingest {
namespace {

HITSCOPE_CLONES void mean_of_two(const float* __restrict interleaved, std::size_t n_frames, float* __restrict mono) {
  for (std::size_t i = 0; i < n_frames; ++i) mono[i] = (interleaved[2 * i] + interleaved[2 * i + 1]) * 0.5F;
}

void mean_of_many(std::span<const float> interleaved, int n_channels, std::span<float> mono) {
  const float gain = 1.0F / static_cast<float>(n_channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_channels; ++c) sum += interleaved[i * n_channels + c];
    mono[i] = sum * gain;
  }
}

}  // namespace

MonoOutput::MonoOutput(std::span<const std::byte> bytes, const DecodeOptions& options, SampleSink& sink)
    : bytes_(bytes), options_(options), sink_(sink) {}

void MonoOutput::begin(int sample_rate, std::int64_t n_expected) {
  limit_ = static_cast<std::uint64_t>(
      std::min(options_.max_duration_s * sample_rate, static_cast<double>(options_.max_samples)));
  sink_.begin(sample_rate, std::min(limit_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, n_expected))));
}

void MonoOutput::mix(std::span<const float> interleaved, int n_channels) {
  if (n_channels == 1) return take(interleaved);
  const std::size_t n_frames = interleaved.size() / n_channels;
  mono_.resize(n_frames);
  if (options_.downmix == Downmix::kFirst) {
    for (std::size_t i = 0; i < n_frames; ++i) mono_[i] = interleaved[i * n_channels];
  } else if (n_channels == 2) {
    mean_of_two(interleaved.data(), n_frames, mono_.data());
  } else {
    mean_of_many(interleaved, n_channels, mono_);
  }
  take(mono_);
}

void MonoOutput::take(std::span<const float> mono) {
  constexpr std::uint64_t kReleaseEvery = std::uint64_t{1} << 17U;
  mono = mono.first(std::min(mono.size(), room()));
  if (mono.empty()) return;
  is_wanted_ = sink_.take(mono);
  n_samples_ += mono.size();
  n_since_release_ += mono.size();
  if (n_since_release_ < kReleaseEvery) return;
  forget_pages(bytes_);
  n_since_release_ = 0;
}

}  // namespace hitscope::ingest
