#include "tests/fuzz/decode_promises.h"

#include <algorithm>
#include <cmath>

namespace hitscope::tests {
namespace {

constexpr const char* kName = "clips/hostile";

std::string broken_by(const ingest::Failure& failure) {
  const std::string start = std::string(kName) + ": ";
  if (failure.stage != ingest::Stage::kDecode) return "a failure of another stage than decode";
  if (failure.action != ingest::Action::kSkip) return "a failure that is not skipped";
  if (!failure.detail.starts_with(start) || failure.detail.size() == start.size()) {
    return "a failure that does not say 'FILE: why': " + failure.detail;
  }
  return "";
}

std::string broken_by(const ingest::Recording& recording, const ingest::DecodeOptions& options) {
  const dsp::Waveform& waveform = recording.waveform;
  const auto most = static_cast<std::size_t>(options.max_duration_s * waveform.sample_rate);
  if (waveform.samples.empty()) return "a recording without samples";
  if (recording.file_sample_rate < 1000 || recording.file_sample_rate > 768'000) return "a sample rate out of range";
  const bool halved = options.half_rate > 0 && waveform.sample_rate == options.half_rate &&
                      recording.file_sample_rate == 2 * options.half_rate;
  if (waveform.sample_rate != recording.file_sample_rate && !halved) return "a rate that is not the file's";
  if (waveform.samples.size() > most) return "more samples than max_duration_s allows";
  if (recording.n_channels < 1 || recording.n_channels > options.max_channels) return "a channel count out of range";
  if (recording.type == ingest::AudioType::kUnknown) return "a recording of an unknown type";
  if (recording.cut && waveform.samples.size() != most) return "cut, but not at max_duration_s";
  return "";
}

}  // namespace

ingest::DecodeOptions bounded_options(int half_rate) {
  return {.max_duration_s = 20.0, .max_channels = 8, .half_rate = half_rate};
}

Outcome decode_and_judge(std::span<const std::byte> bytes, const ingest::DecodeOptions& options,
                         const ingest::QuarantineRules& rules) {
  Outcome outcome;
  auto recording = ingest::decode(bytes, kName, options);
  if (!recording) {
    outcome.broken = broken_by(recording.error());
    outcome.failure = std::move(recording.error());
    return outcome;
  }
  outcome.broken = broken_by(*recording, options);
  if ((outcome.failure = ingest::quarantine(*recording, kName, rules))) {
    if (outcome.broken.empty()) outcome.broken = broken_by(*outcome.failure);
    return outcome;
  }
  const auto& samples = recording->waveform.samples;
  if (!std::all_of(samples.begin(), samples.end(), [](float x) { return std::isfinite(x); })) {
    outcome.broken = "quarantine() accepts samples that are not finite";
  }
  if (recording->waveform.duration_s() < rules.min_duration_s) outcome.broken = "quarantine() accepts too short a clip";
  outcome.recording = std::move(*recording);
  return outcome;
}

}  // namespace hitscope::tests
