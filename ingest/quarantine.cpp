#include "ingest/quarantine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>
#include <stdexcept>

#include "dsp/simd.h"
#include "ingest/decoders.h"

namespace hitscope::ingest {
namespace {

constexpr float kFullScale = 0.999F;

std::string number(const char* format, double value) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}
std::string seconds(double value) {
  return number("%.4g s", value);
}

struct Levels {
  float lowest = 0.0F;
  float highest = 0.0F;
  std::size_t n_clipped = 0;
  bool finite = true;
};

constexpr std::size_t kLanes = 16;

struct Lanes {
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  std::array<float, kLanes> poison{};  // 0 * x: NaN for NaN and infinity
  std::array<int, kLanes> clipped{};
};

/// Sixteen lanes side by side, so that it vectorises; n is a multiple of kLanes.
HITSCOPE_CLONES void scan(const float* __restrict x, std::size_t n, Lanes& lanes) {
  Lanes l = lanes;
  for (std::size_t i = 0; i < n; i += kLanes) {
    for (std::size_t j = 0; j < kLanes; ++j) {
      const float value = x[i + j];
      l.low[j] = value < l.low[j] ? value : l.low[j];
      l.high[j] = value > l.high[j] ? value : l.high[j];
      l.poison[j] += 0.0F * value;
      l.clipped[j] += std::abs(value) >= kFullScale ? 1 : 0;
    }
  }
  lanes = l;
}

Levels levels_of(std::span<const float> samples) {
  Lanes lanes;
  lanes.low.fill(samples[0]);
  lanes.high.fill(samples[0]);
  const std::size_t whole = samples.size() / kLanes * kLanes;
  scan(samples.data(), whole, lanes);
  std::array<float, kLanes> rest;
  rest.fill(samples[0]);
  std::copy(samples.begin() + static_cast<std::ptrdiff_t>(whole), samples.end(), rest.begin());
  const bool first_clips = std::abs(samples[0]) >= kFullScale;
  scan(rest.data(), kLanes, lanes);
  Levels result{lanes.low[0], lanes.high[0], 0, true};
  for (std::size_t j = 0; j < kLanes; ++j) {
    result.lowest = std::min(result.lowest, lanes.low[j]);
    result.highest = std::max(result.highest, lanes.high[j]);
    result.n_clipped += static_cast<std::size_t>(lanes.clipped[j]);
    result.finite = result.finite && lanes.poison[j] == 0.0F;
  }
  if (first_clips) result.n_clipped -= kLanes - (samples.size() - whole);  // the filling
  return result;
}

/// The deviation from the promised number of samples that is accepted, by how coarsely a format counts.
std::int64_t tolerated_samples(AudioType type) {
  switch (type) {
    case AudioType::kMp3:
      return 2304;  // two frames: encoders differ in how they count the padding
    case AudioType::kM4a:
      return 4096;  // two frames of HE-AAC: the priming may or may not be in an edit list
    default:
      return 0;
  }
}

std::optional<Failure> wrong_length(const Recording& recording, const std::string& name) {
  const double rate = recording.waveform.sample_rate;
  const auto got = static_cast<std::int64_t>(recording.waveform.samples.size());
  if (recording.cut) return std::nullopt;
  if (recording.promised_samples) {
    const std::int64_t missing = *recording.promised_samples - got;
    const std::string words = "the header says " + seconds(static_cast<double>(*recording.promised_samples) / rate) +
                              ", the file holds " + seconds(static_cast<double>(got) / rate);
    if (missing > tolerated_samples(recording.type)) return decode_failure(FailureKind::kTruncated, name, words);
    if (-missing > tolerated_samples(recording.type)) return decode_failure(FailureKind::kTooLong, name, words);
  }
  if (recording.cut_off) {
    return decode_failure(
        FailureKind::kTruncated, name,
        "the stream breaks off, without an end mark, after " + seconds(static_cast<double>(got) / rate));
  }
  return std::nullopt;
}

std::optional<Failure> useless_sound(std::span<const float> samples, const Levels& levels, const std::string& name,
                                     const QuarantineRules& rules) {
  const double peak = std::max(std::abs(levels.lowest), std::abs(levels.highest));
  const double peak_db = 20.0 * std::log10(std::max(peak, 1e-12));
  if (!rules.keep_silent && peak_db < rules.silence_db) {
    return decode_failure(FailureKind::kSilent, name,
                          "its peak is " + number("%.1f dB", peak_db) + " of full scale; below " +
                              number("%.1f dB", rules.silence_db) + " a clip counts as silent");
  }
  constexpr double kMoves = 1e-3;  // share of the peak
  if (!rules.keep_constant && peak_db >= rules.silence_db && levels.highest - levels.lowest <= kMoves * peak) {
    return decode_failure(FailureKind::kConstant, name, "every sample has the value " + number("%.4f", levels.highest));
  }
  const double share = static_cast<double>(levels.n_clipped) / static_cast<double>(samples.size());
  if (!rules.keep_clipped && share > rules.max_clipped_share) {
    return decode_failure(FailureKind::kClipped, name,
                          number("%.1f", share * 100.0) + " % of its samples are at full scale; at most " +
                              number("%.1f", rules.max_clipped_share * 100.0) + " % are allowed");
  }
  return std::nullopt;
}

}  // namespace

std::string_view accepting_setting(FailureKind kind) {
  switch (kind) {
    case FailureKind::kTruncated:
    case FailureKind::kTooLong:
      return "keep_wrong_length";
    case FailureKind::kTooShort:
      return "min_duration";
    case FailureKind::kTooManyChannels:
      return "max_channels";
    case FailureKind::kSilent:
      return "keep_silent";
    case FailureKind::kConstant:
      return "keep_constant";
    case FailureKind::kClipped:
      return "keep_clipped";
    default:
      return "";
  }
}

std::optional<Failure> quarantine(const Recording& recording, const std::string& name, const QuarantineRules& rules) {
  const std::span<const float> samples = recording.waveform.samples;
  if (samples.empty()) return decode_failure(FailureKind::kEmpty, name, "it holds no samples");
  const Levels levels = levels_of(samples);
  if (!levels.finite) {
    const auto bad = std::find_if(samples.begin(), samples.end(), [](float x) { return !std::isfinite(x); });
    return decode_failure(FailureKind::kNotFinite, name,
                          "sample " + std::to_string(bad - samples.begin()) + " is not a finite number");
  }
  if (!rules.keep_wrong_length) {
    if (auto failure = wrong_length(recording, name)) return failure;
  }
  const double duration = recording.waveform.duration_s();
  if (duration < rules.min_duration_s) {
    return decode_failure(FailureKind::kTooShort, name,
                          std::to_string(samples.size()) + " samples (" + seconds(duration) + "); at least " +
                              seconds(rules.min_duration_s) + " are needed");
  }
  return useless_sound(samples, levels, name, rules);
}

}  // namespace hitscope::ingest
