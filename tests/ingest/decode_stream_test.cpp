// decode_to(): the samples of decode(), block by block, whatever decoder gives them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace decode_stream_test {

/// Keeps what came since the last begin().
class Blocks final : public SampleSink {
 public:
  void begin(int sample_rate, std::size_t /*n_expected*/) override {
    ++n_begun;
    rate = sample_rate;
    samples.clear();
  }
  bool take(std::span<const float> block) override {
    EXPECT_GT(n_begun, 0) << "samples before begin()";
    EXPECT_FALSE(block.empty());
    EXPECT_TRUE(is_wanted) << "samples after they were not wanted";
    longest = std::max(longest, block.size());
    samples.insert(samples.end(), block.begin(), block.end());
    is_wanted = samples.size() < n_wanted;
    return is_wanted;
  }

  std::size_t n_wanted = SIZE_MAX;
  bool is_wanted = true;
  int n_begun = 0;
  int rate = 0;
  std::size_t longest = 0;
  std::vector<float> samples;
};

std::vector<std::pair<std::string, Bytes>> files() {
  std::vector<std::pair<std::string, Bytes>> all;
  for (const Format& format : kFormats) {
    all.emplace_back(format.name, format.make({.amplitudes = {0.5, 0.3}, .n_frames = 3 * 44100}));
  }
  const std::filesystem::path fuzz = FUZZ_FOLDER;
  for (const char* folder : {"corpus/decode", "regressions/decode"}) {
    for (const auto& entry : std::filesystem::directory_iterator(fuzz / folder)) {
      all.emplace_back(entry.path().filename().string(), tests::read_bytes(entry.path()));
    }
  }
  const Bytes ogg = tests::ogg_vorbis({.n_frames = 44100});
  all.emplace_back("a chain", joined(ogg, ogg));
  all.emplace_back("a chain of two rates", joined(ogg, tests::ogg_vorbis({.sample_rate = 22050, .n_frames = 22050})));
  return all;
}

/// decode() and decode_to() must say the same.
void expect_same(const Bytes& bytes, const DecodeOptions& options) {
  Blocks blocks;
  const auto whole = decode(bytes, "song", options);
  const auto sound = decode_to(bytes, "song", options, blocks);
  ASSERT_EQ(whole.has_value(), sound.has_value());
  if (!whole) {
    EXPECT_EQ(sound.error().kind, whole.error().kind);
    EXPECT_EQ(sound.error().detail, whole.error().detail);
    return;
  }
  const auto bits = [](const std::vector<float>& samples) {
    return tests::string_of(std::as_bytes(std::span(samples)));
  };
  EXPECT_TRUE(bits(blocks.samples) == bits(whole->waveform.samples)) << "NaN is not equal to itself, its bits are";
  EXPECT_EQ(blocks.rate, whole->waveform.sample_rate);
  EXPECT_EQ(sound->sample_rate, blocks.rate);
  EXPECT_EQ(sound->n_samples, blocks.samples.size());
  EXPECT_EQ(sound->n_channels, whole->n_channels);
  EXPECT_EQ(sound->file_sample_rate, whole->file_sample_rate);
  EXPECT_EQ(sound->type, whole->type);
  EXPECT_EQ(sound->promised_samples, whole->promised_samples);
  EXPECT_EQ(sound->cut, whole->cut);
  EXPECT_EQ(sound->cut_off, whole->cut_off);
  EXPECT_LE(blocks.longest, 65536U) << "a block is not bounded";
}

TEST(DecodeStreamTest, GivesTheSamplesOfDecodeInBoundedBlocks) {
  for (const auto& [name, bytes] : files()) {
    SCOPED_TRACE(name);
    expect_same(bytes, {});
    expect_same(bytes, {.max_duration_s = 0.15, .max_channels = 8});
    expect_same(bytes, {.max_channels = 8, .half_rate = 22050});
    expect_same(bytes, {.max_channels = 8, .downmix = Downmix::kFirst});
    expect_same(bytes, {.max_samples = 1000});
  }
}

TEST(DecodeStreamTest, StopsWhereNoMoreIsWanted) {
  for (const Format& format : kFormats) {
    Blocks blocks;
    blocks.n_wanted = 10'000;
    const auto sound = decode_to(format.make({.n_frames = 3 * 44100}), "song", {}, blocks);
    ASSERT_TRUE(sound) << format.name;
    EXPECT_TRUE(sound->cut) << format.name;
    EXPECT_EQ(sound->n_samples, blocks.samples.size()) << format.name;
    EXPECT_LT(blocks.samples.size(), 20'000U) << format.name;
  }
}

TEST(DecodeStreamTest, BeginsAgainWhereADecoderGivesUpInTheMiddle) {
  const Bytes mp3 = tests::mp3({.n_frames = 44100});
  const Bytes other = tests::mp3({.sample_rate = 32000, .n_frames = 32000});
  Blocks blocks;
  const auto sound = decode_to(joined(mp3, other), "song", {}, blocks);
  ASSERT_FALSE(sound);
  EXPECT_NE(sound.error().detail.find("changes within the file"), std::string::npos) << sound.error().detail;
  EXPECT_GT(blocks.n_begun, 1) << "one decoder after the other tried";
}

}  // namespace decode_stream_test
}  // namespace hitscope::ingest
