#include "ingest/quarantine.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include "ingest/decoders.h"

namespace hitscope::ingest {
namespace {

std::string number(const char* format, double value) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}
std::string seconds(double value) {
  return number("%.4g s", value);
}

/// Measures the levels of what is decoded.
class MeterSink final : public SampleSink {
 public:
  void begin(int /*sample_rate*/, std::size_t /*n_expected*/) override { levels = {}; }
  bool take(std::span<const float> samples) override {
    levels.add(samples);
    return true;
  }
  LevelMeter levels;
};

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

std::optional<Failure> wrong_length(const StreamedSound& sound, const std::string& name) {
  const double rate = sound.sample_rate;
  const auto got = static_cast<std::int64_t>(sound.n_samples);
  if (sound.cut) return std::nullopt;
  if (sound.promised_samples) {
    const std::int64_t missing = *sound.promised_samples - got;
    const std::string words = "the header says " + seconds(static_cast<double>(*sound.promised_samples) / rate) +
                              ", the file holds " + seconds(static_cast<double>(got) / rate);
    if (missing > tolerated_samples(sound.type)) return decode_failure(FailureKind::kTruncated, name, words);
    if (-missing > tolerated_samples(sound.type)) return decode_failure(FailureKind::kTooLong, name, words);
  }
  if (sound.cut_off) {
    return decode_failure(
        FailureKind::kTruncated, name,
        "the stream breaks off, without an end mark, after " + seconds(static_cast<double>(got) / rate));
  }
  return std::nullopt;
}

std::optional<Failure> useless_sound(const LevelMeter& levels, const std::string& name, const QuarantineRules& rules) {
  const double peak = levels.peak();
  const double peak_db = 20.0 * std::log10(std::max(peak, 1e-12));
  if (!rules.keep_silent && peak_db < rules.silence_db) {
    return decode_failure(FailureKind::kSilent, name,
                          "its peak is " + number("%.1f dB", peak_db) + " of full scale; below " +
                              number("%.1f dB", rules.silence_db) + " a clip counts as silent");
  }
  constexpr double kMoves = 1e-3;  // share of the peak
  if (!rules.keep_constant && peak_db >= rules.silence_db && levels.highest() - levels.lowest() <= kMoves * peak) {
    return decode_failure(FailureKind::kConstant, name,
                          "every sample has the value " + number("%.4f", levels.highest()));
  }
  const double share = static_cast<double>(levels.n_clipped()) / static_cast<double>(levels.n_samples());
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

std::optional<Failure> quarantine(const StreamedSound& sound, const LevelMeter& levels, const std::string& name,
                                  const QuarantineRules& rules) {
  if (sound.n_samples == 0) return decode_failure(FailureKind::kEmpty, name, "it holds no samples");
  if (const auto bad = levels.first_not_finite()) {
    return decode_failure(FailureKind::kNotFinite, name, "sample " + std::to_string(*bad) + " is not a finite number");
  }
  if (!rules.keep_wrong_length) {
    if (auto failure = wrong_length(sound, name)) return failure;
  }
  const double duration = sound.duration_s();
  if (duration < rules.min_duration_s) {
    return decode_failure(FailureKind::kTooShort, name,
                          std::to_string(sound.n_samples) + " samples (" + seconds(duration) + "); at least " +
                              seconds(rules.min_duration_s) + " are needed");
  }
  return useless_sound(levels, name, rules);
}

std::optional<Failure> quarantine(const Recording& recording, const std::string& name, const QuarantineRules& rules) {
  StreamedSound sound;
  static_cast<SoundFacts&>(sound) = recording;
  sound.sample_rate = recording.waveform.sample_rate;
  sound.n_samples = recording.waveform.samples.size();
  LevelMeter levels;
  levels.add(recording.waveform.samples);
  return quarantine(sound, levels, name, rules);
}

Failure cancelled(Failure failure, std::span<const std::byte> bytes, const std::string& name,
                  const DecodeOptions& options) {
  DecodeOptions first = options;
  first.downmix = Downmix::kFirst;
  MeterSink channel;
  if (!decode_to(bytes, name, first, channel)) return failure;
  const double peak = channel.levels.first_not_finite() ? 0.0 : channel.levels.peak();
  constexpr double kAudible = 1e-3;
  if (!(peak > kAudible)) return failure;
  failure.detail += "; its channels cancel: the first alone has a peak of " +
                    number("%.1f dB", 20.0 * std::log10(peak)) + ", the mean of all is silent";
  return failure;
}

}  // namespace hitscope::ingest
