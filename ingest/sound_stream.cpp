#include "ingest/sound_stream.h"

#include <algorithm>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "ingest/decoders.h"
#include "ingest/files.h"
#include "ingest/level_meter.h"
#include "ingest/mapped_bytes.h"

namespace hitscope::ingest {
namespace {

constexpr std::size_t kMapFrom = std::size_t{4} << 20U;

/// Passes samples on and measures their levels.
class MeteringSink final : public SampleSink {
 public:
  explicit MeteringSink(SampleSink& sink) : sink_(sink) {}
  void begin(int sample_rate, std::size_t n_expected) override {
    levels_ = {};
    sink_.begin(sample_rate, n_expected);
  }
  bool take(std::span<const float> samples) override {
    levels_.add(samples);
    return sink_.take(samples);
  }
  const LevelMeter& levels() const { return levels_; }

 private:
  SampleSink& sink_;
  LevelMeter levels_;
};

tl::expected<StreamedSound, Failure> decode_and_judge(std::span<const std::byte> bytes, const std::string& name,
                                                      const DecodeOptions& options, const QuarantineRules& rules,
                                                      SampleSink& sink) {
  MeteringSink metered(sink);
  auto sound = decode_to(bytes, name, options, metered);
  if (!sound) {
    if (sound.error().kind == FailureKind::kTooLarge) {
      sound.error().detail += " of a file of " + std::to_string(bytes.size()) + " bytes";
    }
    return sound;
  }
  auto failure = quarantine(*sound, metered.levels(), name, rules);
  if (!failure) return sound;
  const bool may_cancel = failure->kind == FailureKind::kSilent && sound->n_channels > 1;
  if (may_cancel) failure = cancelled(*std::move(failure), bytes, name, options);
  return tl::make_unexpected(*std::move(failure));
}

/// The limit that read_file is to name for a file that was not mapped.
std::size_t most_read_bytes(const std::filesystem::path& path) {
  std::error_code no_size;
  const bool is_huge = std::filesystem::file_size(path, no_size) > kMostMappedBytes && !no_size;
  return is_huge ? kMostMappedBytes : kMaxAudioBytes;
}

}  // namespace

std::uint64_t most_streamed_samples(std::uint64_t n_bytes) {
  constexpr std::uint64_t kAlways = std::uint64_t{1} << 26U;
  constexpr std::uint64_t kPerByte = 1000;
  constexpr std::uint64_t kDay = std::uint64_t{24} * 3600 * 96000;
  return std::clamp(std::min(n_bytes, kDay) * kPerByte, kAlways, kDay);
}

tl::expected<StreamedSound, Failure> stream_file(const std::filesystem::path& path, const std::string& name,
                                                 DecodeOptions options, const QuarantineRules& rules, SampleSink& sink,
                                                 std::vector<std::byte>& memory) {
  const auto map = MappedBytes::open(path, kMapFrom);
  if (map) {
    std::vector<std::byte>().swap(memory);
  } else if (auto failure = read_file(path, most_read_bytes(path), memory)) {
    return tl::make_unexpected(*std::move(failure));
  }
  const std::span<const std::byte> bytes = map ? map->bytes() : memory;
  options.max_samples = most_streamed_samples(bytes.size());
  auto sound = decode_and_judge(bytes, name, options, rules, sink);
  if (map && map->was_lost()) {
    return tl::make_unexpected(decode_failure(FailureKind::kUnreadable, name, kLostWhileRead));
  }
  return sound;
}

}  // namespace hitscope::ingest
