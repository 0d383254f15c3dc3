// stream_file(): files of any length in bounded memory, judged as decode() and quarantine() judge them.
#include "ingest/sound_stream.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace sound_stream_test {

namespace fs = std::filesystem;

std::size_t peak_memory_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

class Sum final : public SampleSink {
 public:
  void begin(int, std::size_t) override { sum = 0.0; }
  bool take(std::span<const float> samples) override {
    for (const float x : samples) sum += x;
    if (on_take) on_take();
    return true;
  }
  double sum = 0.0;
  std::function<void()> on_take;
};

class SoundStreamTest : public testing::Test {
 protected:
  fs::path file(const Bytes& bytes) {
    const fs::path path = folder_ / "sound";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  tl::expected<StreamedSound, Failure> streamed(const Bytes& bytes, const DecodeOptions& options = {}) {
    return stream_file(file(bytes), "song", options, {}, sum_, memory_);
  }
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "hitscope-stream-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
  Sum sum_;
  std::vector<std::byte> memory_;
};

TEST_F(SoundStreamTest, JudgesAsDecodeAndQuarantineDo) {
  std::vector<Bytes> files{{},
                           bytes_of("this is a text"),
                           tests::wav_of_nan(8000),
                           tests::wav_float32({.amplitudes = {0.5, -0.5}}),
                           tests::wav_float32({.amplitudes = {0.0, 0.0}}),
                           tests::wav_float32({.amplitudes = {1.0}, .n_frames = 200}),
                           tests::wav_float32({.amplitudes = {0.5, 0.5, 0.5}})};
  const fs::path fuzz = FUZZ_FOLDER;
  for (const char* folder : {"corpus/decode", "regressions/decode"}) {
    for (const auto& entry : fs::directory_iterator(fuzz / folder)) files.push_back(tests::read_bytes(entry.path()));
  }
  for (const Format& format : kFormats) {
    const Bytes whole = format.make({.n_frames = 30 * 44100});
    files.push_back(whole);
    files.push_back(first_part(whole, whole.size() / 2));
  }
  int n_failed = 0;
  for (const Bytes& bytes : files) {
    const auto recording = decode(bytes, "song", {});
    auto failure = recording ? quarantine(*recording, "song", {}) : std::optional(recording.error());
    if (failure && failure->kind == FailureKind::kSilent && recording->n_channels > 1) {
      failure = cancelled(*failure, bytes, "song", {});
    }
    const auto sound = streamed(bytes);
    ASSERT_EQ(sound.has_value(), !failure) << (failure ? failure->detail : sound.error().detail);
    if (failure) {
      ++n_failed;
      EXPECT_EQ(sound.error().kind, failure->kind);
      EXPECT_EQ(sound.error().detail, failure->detail);
    } else {
      EXPECT_EQ(sound->n_samples, recording->waveform.samples.size());
    }
  }
  EXPECT_GT(n_failed, 10);
  EXPECT_LT(n_failed, static_cast<int>(files.size()) / 2);
}

TEST_F(SoundStreamTest, SaysWhyAFileCannotBeRead) {
  const auto sound = stream_file(folder_ / "none", "song", {}, {}, sum_, memory_);
  ASSERT_FALSE(sound);
  EXPECT_EQ(kind_of(sound.error()), "unreadable");
}

/// A WAV of 100 MiB that holds no more than its first second on the disk.
fs::path large_wav(const fs::path& path) {
  constexpr std::uint32_t kBytes = 100U << 20U;
  Bytes bytes = tests::wav_int16({.n_frames = 44100});
  const std::size_t header = bytes.size() - 2 * std::size_t{44100};
  tests::put_u32(bytes, 4, kBytes - 8);
  tests::put_u32(bytes, header - 4, kBytes - static_cast<std::uint32_t>(header));
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  fs::resize_file(path, kBytes);
  return path;
}

TEST_F(SoundStreamTest, TakesNoMoreMemoryForALargeFile) {
  const fs::path path = large_wav(folder_ / "large");
  const std::size_t before = peak_memory_mib();
  const auto sound = stream_file(path, "song", {.max_duration_s = 86400.0}, {}, sum_, memory_);
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_GT(sound->n_samples, 50'000'000U);
  EXPECT_FALSE(sound->cut);
  EXPECT_LT(peak_memory_mib() - before, 16U) << "100 MiB of file, 200 MiB of samples";
}

TEST_F(SoundStreamTest, AFileThatShrinksWhileItIsReadIsAFailureNotTheEndOfTheProcess) {
  const fs::path path = large_wav(folder_ / "large");
  int n = 0;
  sum_.on_take = [&] {
    if (++n == 10) fs::resize_file(path, 1 << 20);
  };
  const auto sound = stream_file(path, "song", {.max_duration_s = 86400.0}, {}, sum_, memory_);
  ASSERT_FALSE(sound);
  EXPECT_EQ(kind_of(sound.error()), "unreadable");
  EXPECT_EQ(sound.error().detail, "song: became shorter, or its disk was lost, while it was read");
}

TEST(MostStreamedSamplesTest, GrowWithTheFileUpToADay) {
  EXPECT_EQ(most_streamed_samples(0), 1U << 26U);
  EXPECT_EQ(most_streamed_samples(67'108), 1U << 26U);
  EXPECT_EQ(most_streamed_samples(1'000'000), 1'000'000'000U);
  EXPECT_EQ(most_streamed_samples(UINT64_MAX), 24ULL * 3600 * 96000);
}

std::uint8_t crc8(const std::string& text) {
  unsigned crc = 0;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80U) != 0 ? (crc << 1U) ^ 0x07U : crc << 1U;
  }
  return static_cast<std::uint8_t>(crc);
}

std::uint16_t crc16(const std::string& text) {
  unsigned crc = 0;
  for (const char c : text) {
    crc ^= static_cast<unsigned>(static_cast<std::uint8_t>(c)) << 8U;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x8005U : crc << 1U;
  }
  return static_cast<std::uint16_t>(crc);
}

/// `value` as its `n` lowest bytes, the highest first.
std::string big_endian(std::uint64_t value, int n) {
  std::string text;
  for (int i = n - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
  return text;
}

constexpr std::uint64_t kFlacBlock = 65535;

/// FLAC at 44.1 kHz whose frames each say "65,535 equal samples": 13 bytes or so a frame. Its header promises
/// `n_promised` samples; 0: it does not say.
Bytes flac_bomb(int n_frames, std::uint64_t n_promised) {
  std::string flac = "fLaC" + big_endian(0x80, 1) + big_endian(34, 3) + big_endian(kFlacBlock, 2) +
                     big_endian(kFlacBlock, 2) + std::string(6, '\0');
  flac += big_endian(std::uint64_t{44100} << 44U | std::uint64_t{15} << 36U | n_promised, 8) + std::string(16, '\0');
  for (int i = 0; i < n_frames; ++i) {
    std::string frame = big_endian(0xFFF87008, 4);
    if (i < 0x80) {
      frame += static_cast<char>(i);
    } else if (i < 0x800) {
      frame += big_endian(0xC080U | static_cast<unsigned>(i >> 6) << 8U | (static_cast<unsigned>(i) & 0x3FU), 2);
    } else {
      frame += big_endian(0xE08080U | static_cast<unsigned>(i >> 12) << 16U |
                              (static_cast<unsigned>(i >> 6) & 0x3FU) << 8U | (static_cast<unsigned>(i) & 0x3FU),
                          3);
    }
    frame += big_endian(kFlacBlock - 1, 2);
    frame += static_cast<char>(crc8(frame));
    frame += big_endian(0x001000, 3);  // a constant subframe of 0x1000
    flac += frame + big_endian(crc16(frame), 2);
  }
  return bytes_of(flac);
}

TEST_F(SoundStreamTest, AFewBytesThatClaimHoursAreRefusedAtOnce) {
  const Bytes bomb = flac_bomb(100, 10ULL * 3600 * 44100);
  const auto sound = streamed(bomb, {.max_duration_s = 86400.0});
  ASSERT_FALSE(sound);
  EXPECT_EQ(kind_of(sound.error()), "too_large");
  EXPECT_EQ(sound.error().detail,
            "song: more than 67108864 samples at 44100 Hz, the most that is decoded of a file of " +
                std::to_string(bomb.size()) + " bytes");
}

TEST_F(SoundStreamTest, AFewBytesThatDecodeToHoursAreStopped) {
  const auto small = streamed(flac_bomb(3, 0), {.max_duration_s = 86400.0});
  ASSERT_FALSE(small);
  EXPECT_EQ(kind_of(small.error()), "constant") << small.error().detail;
  const std::size_t before = peak_memory_mib();
  const auto sound = streamed(flac_bomb(3000, 0), {.max_duration_s = 86400.0});
  ASSERT_FALSE(sound);
  EXPECT_EQ(kind_of(sound.error()), "too_large") << sound.error().detail;
  EXPECT_LT(peak_memory_mib() - before, 16U);
  const auto a_second = streamed(flac_bomb(3000, 0), {.max_duration_s = 1.0});
  ASSERT_FALSE(a_second);
  EXPECT_EQ(kind_of(a_second.error()), "constant") << a_second.error().detail;
}

}  // namespace sound_stream_test
}  // namespace hitscope::ingest
