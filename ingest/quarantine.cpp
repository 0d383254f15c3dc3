#include "ingest/quarantine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
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
  bool finite = true;
};

constexpr std::size_t kLanes = 16;

struct Lanes {
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  std::array<float, kLanes> poison{};  // 0 * x: NaN for NaN and infinity
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
  scan(rest.data(), kLanes, lanes);
  Levels result{lanes.low[0], lanes.high[0], true};
  for (std::size_t j = 0; j < kLanes; ++j) {
    result.lowest = std::min(result.lowest, lanes.low[j]);
    result.highest = std::max(result.highest, lanes.high[j]);
    result.finite = result.finite && lanes.poison[j] == 0.0F;
  }
  return result;
}

/// Samples within 1e-4 of the highest or the lowest value, where that is at full scale or beyond: flat tops. Sound that
/// merely exceeds full scale, as a float master may, has few of them: a sine of any amplitude 0.9 %.
std::size_t count_clipped(std::span<const float> samples, const Levels& levels) {
  constexpr float kFlat = 1.0F - 1e-4F;
  const float high = levels.highest >= kFullScale ? levels.highest * kFlat : std::numeric_limits<float>::infinity();
  const float low = levels.lowest <= -kFullScale ? levels.lowest * kFlat : -std::numeric_limits<float>::infinity();
  if (std::isinf(high) && std::isinf(low)) return 0;
  return static_cast<std::size_t>(
      std::count_if(samples.begin(), samples.end(), [&](float x) { return x >= high || x <= low; }));
}

/// The deviation from the promised number of samples that is accepted, by how coarsely a format counts.
std::int64_t tolerated_samples(AudioType type) {
  switch (type) {
    case AudioType::kMp3:
      return 2304;  // two frames: encoders differ in how they count the padding
    case AudioType::kWav:
    case AudioType::kFlac:
    case AudioType::kAiff:
    case AudioType::kOgg:
      return 0;
    default:
      return 4096;  // two frames of HE-AAC: containers count by frames, with or without the priming
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
  const double share = static_cast<double>(count_clipped(samples, levels)) / static_cast<double>(samples.size());
  if (!rules.keep_clipped && share > rules.max_clipped_share) {
    return decode_failure(FailureKind::kClipped, name,
                          number("%.1f", share * 100.0) + " % of its samples are at its extremes (its peak is " +
                              number("%.4f", peak) + "); at most " + number("%.1f", rules.max_clipped_share * 100.0) +
                              " % are allowed");
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

Failure cancelled(Failure failure, std::span<const std::byte> bytes, const std::string& name,
                  const DecodeOptions& options) {
  DecodeOptions first = options;
  first.downmix = Downmix::kFirst;
  const auto channel = decode(bytes, name, first);
  if (!channel || channel->waveform.samples.empty()) return failure;
  const Levels levels = levels_of(channel->waveform.samples);
  const double peak = std::max(std::abs(levels.lowest), std::abs(levels.highest));
  constexpr double kAudible = 1e-3;
  if (!(peak > kAudible)) return failure;
  failure.detail += "; its channels cancel: the first alone has a peak of " +
                    number("%.1f dB", 20.0 * std::log10(peak)) + ", the mean of all is silent";
  return failure;
}

}  // namespace hitscope::ingest
