// Bytes made to hurt: whatever comes in, decode() and quarantine() keep what their headers promise.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include "tests/fuzz/decode_promises.h"
#include "tests/fuzz/ogg_checksums.h"
#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace decode_hostile_test {

using tests::noise;

std::size_t peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss);
}

/// Whether a recording came out and was accepted; a test failure where a promise was broken.
bool holds_its_promises(const Bytes& bytes, const DecodeOptions& options) {
  const tests::Outcome outcome = tests::decode_and_judge(bytes, options);
  EXPECT_EQ(outcome.broken, "");
  return outcome.recording.has_value();
}

class HostileDecodeTest : public testing::TestWithParam<Format> {};

TEST_P(HostileDecodeTest, TwoHundredMutationsGiveASoundRecordingOrAReason) {
  const DecodeOptions options{.max_duration_s = 2.0};
  const Bytes whole = GetParam().make({.amplitudes = {0.5, 0.3}, .n_frames = 22050});
  ASSERT_TRUE(holds_its_promises(whole, options));
  std::mt19937 random(20240817);
  int n_recordings = 0;
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Bytes bytes = whole;
    // Every other round stays within the first 200 bytes, where the headers are.
    const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(200, bytes.size()) : bytes.size();
    const std::size_t n_flips = 1 + random() % 12;
    for (std::size_t i = 0; i < n_flips; ++i) bytes[random() % reach] = static_cast<std::byte>(random());
    if (round % 4 == 3) bytes.resize(random() % bytes.size());
    if (GetParam().type == AudioType::kOgg) tests::repair_ogg_checksums(bytes);
    n_recordings += holds_its_promises(bytes, options) ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(n_recordings, 0) << "no mutation was harmless: the decoder refuses too much";
  EXPECT_LT(n_recordings, 200) << "no mutation was noticed";
}

TEST_P(HostileDecodeTest, EveryCutOfTheHeaderIsAFailure) {
  const Bytes whole = GetParam().make({.n_frames = 22050});
  for (std::size_t size = 0; size < 100; ++size) {
    EXPECT_FALSE(holds_its_promises(first_part(whole, size), {})) << size << " bytes";
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, HostileDecodeTest, testing::ValuesIn(kFormats), [](const auto& info) {
  std::string name = info.param.name;
  std::erase(name, ' ');
  return name;
});

TEST(HostileBytesTest, NoiseBehindEveryMagicWordNeverCrashes) {
  std::mt19937 random(11);
  const std::string prefixes[] = {std::string("RIFF\xFF\xFF\x00\x00WAVE", 12),
                                  std::string("RIFF\xFF\xFF\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00", 22),
                                  std::string("RF64\xFF\xFF\xFF\xFFWAVEds64", 16),
                                  "fLaC",
                                  std::string("fLaC\x00\x00\x00\x22", 8),
                                  "OggS",
                                  std::string("OggS\x00\x02", 6),
                                  "ID3",
                                  std::string("ID3\x04\x00\x00\x00\x00\x10\x00", 10),
                                  std::string("FORM\x00\x00\xFF\xFF"
                                              "AIFFCOMM",
                                              16),
                                  "FORM1234AIFC",
                                  "\x01\x01\x01\x20"
                                  "ftyp",
                                  std::string("\x00\x00\x00\x10"
                                              "ftypM4A \x00\x00\x00\x00"
                                              "\x00\x00\xFF\xFFmoov\x00\x00\x00\x6Cmvhd",
                                              32),
                                  "\xFF\xF1\x50\x80\x10\x1F\xFC",
                                  "\xFF\xFB\x90\x40"};
  for (const std::string& prefix : prefixes) {
    for (int round = 0; round < 20; ++round) {
      SCOPED_TRACE(prefix + " round " + std::to_string(round));
      holds_its_promises(joined(bytes_of(prefix), noise(1 + random() % 20'000, random)), {.max_duration_s = 2.0});
      if (HasFailure()) return;
    }
  }
}

TEST(HostileBytesTest, MemoryIsBoundedWhateverSampleRateAnOggClaims) {
  // Half an hour of silence in few bytes, said to last a fraction of a millisecond.
  Bytes file = tests::ogg_vorbis({.amplitudes = {0.0}, .sample_rate = 8000, .n_frames = 30 * 60 * 8000});
  const std::size_t vorbis = tests::string_of(file).find("\x01vorbis");
  ASSERT_LT(vorbis, 100U);
  tests::put_u32(file, vorbis + 12, 0x7FFFFFFFU);
  tests::repair_ogg_checksums(file);
  const std::size_t before = peak_memory_kib();
  const Failure failure = failure_of(file, {.max_duration_s = 1.0});
  EXPECT_EQ(kind_of(failure), "undecodable");
  expect_part(failure, "its sample rate is 2147483647 Hz; it must be 1000 to 768000 Hz");
  EXPECT_LT(peak_memory_kib() - before, 16U * 1024U)
      << "768000 samples, one second of the highest rate allowed, are 3 MiB; " << file.size() << " bytes came in";
}

TEST(HostileBytesTest, MemoryIsBoundedWhateverLengthAHeaderClaims) {
  Bytes wav = tests::wav_int16({.sample_rate = 48000, .n_frames = 4800});
  tests::put_u32(wav, 40, 0xFFFFFEFEU);
  Bytes aiff = tests::aiff({.sample_rate = 48000, .n_frames = 4800});
  const std::size_t common = tests::string_of(aiff).find("COMM");
  ASSERT_LT(common, 100U);
  tests::put_u32(aiff, common + 10, 0xFFFFFF7FU);
  const std::size_t before = peak_memory_kib();
  for (const Bytes& file : {wav, aiff}) {
    EXPECT_EQ(decoded(file, {.max_duration_s = 86400.0}).waveform.samples.size(), 4800U);
  }
  EXPECT_LT(peak_memory_kib() - before, 32U * 1024U) << "a minute at 48 kHz is 12 MiB";
}

TEST(HostileBytesTest, MoreSamplesThanMemoryIsMeantForAreAFailure) {
  constexpr std::uint32_t kSamples = (1U << 26U) + 10;
  constexpr std::uint32_t kRate = 768'000;
  // A WAV of eight bits: silence that takes a byte a sample, and four in memory.
  std::string wav = "RIFF....WAVEfmt ";
  const auto put = [&](std::uint32_t value, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) wav += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  put(16, 4);
  put(1, 2);
  put(1, 2);
  put(kRate, 4);
  put(kRate, 4);
  put(1, 2);
  put(8, 2);
  wav += "data";
  put(kSamples, 4);
  wav.resize(wav.size() + kSamples, '\x80');
  const auto bytes = std::as_bytes(std::span(wav));
  const auto whole = decode(bytes, "rate.wav", {});
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().kind, FailureKind::kTooLarge);
  EXPECT_EQ(whole.error().detail, "rate.wav: more than 67108864 samples at 768000 Hz, the most that is decoded");
  const auto a_second = decode(bytes, "rate.wav", {.max_duration_s = 1.0});
  ASSERT_TRUE(a_second);
  EXPECT_TRUE(a_second->cut);
  EXPECT_EQ(a_second->waveform.samples.size(), kRate);
}

}  // namespace decode_hostile_test
}  // namespace hitscope::ingest
