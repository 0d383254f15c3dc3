#include "ingest/decode.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <stdexcept>

#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace {

using tests::Bytes;
using tests::bytes_of;
using tests::Sine;

constexpr std::size_t kEncoderDelay = 1105;  // of LAME and the decoder's filter bank, in samples
constexpr std::size_t kMp3Frame = 1152;

Recording decoded(const Bytes& bytes, const DecodeOptions& options = {}) {
  auto recording = decode(bytes, "song", options);
  if (recording) return std::move(*recording);
  ADD_FAILURE() << recording.error().detail;
  return {};
}

Failure failure_of(const Bytes& bytes, const DecodeOptions& options = {}) {
  const auto recording = decode(bytes, "clips/song.mp3", options);
  if (!recording) {
    EXPECT_EQ(recording.error().stage, Stage::kDecode);
    EXPECT_EQ(recording.error().action, Action::kSkip);
    EXPECT_TRUE(recording.error().detail.starts_with("clips/song.mp3: ")) << recording.error().detail;
    return recording.error();
  }
  ADD_FAILURE() << "decoded to " << recording->waveform.samples.size() << " samples";
  return {};
}

std::string kind_of(const Failure& failure) {
  return std::string(to_string(failure.kind));
}

void expect_part(const Failure& failure, const std::string& part) {
  EXPECT_NE(failure.detail.find(part), std::string::npos) << "no '" << part << "' in: " << failure.detail;
}

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes first_part(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

Bytes noise(std::size_t size, std::mt19937& random) {
  Bytes bytes(size);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  return bytes;
}

void put_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, 4);
}

/// The samples must be the sine's mean over channels, each within `tolerance`, save `edge` samples at both ends.
void expect_sine(const dsp::Waveform& got, const Sine& want, double tolerance, std::size_t edge = 0) {
  ASSERT_EQ(got.sample_rate, want.sample_rate);
  ASSERT_EQ(got.samples.size(), want.n_frames);
  for (std::size_t i = edge; i + edge < got.samples.size(); ++i) {
    ASSERT_NEAR(got.samples[i], want.mean_at(i), tolerance) << "sample " << i;
  }
}

double rms(const dsp::Waveform& waveform, std::size_t begin, std::size_t end) {
  double sum = 0.0;
  for (std::size_t i = begin; i < end; ++i) sum += std::pow(waveform.samples.at(i), 2);
  return std::sqrt(sum / static_cast<double>(end - begin));
}

/// Gives every OGG page the checksum of its bytes, so that what was changed in them is not simply dropped.
void repair_ogg_checksums(Bytes& bytes) {
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  for (std::size_t page = 0; page + 27 <= bytes.size();) {
    if (std::memcmp(bytes.data() + page, "OggS", 4) != 0) {
      ++page;
      continue;
    }
    std::size_t end = page + 27 + byte_at(page + 26);
    for (std::size_t i = page + 27; i < page + 27 + byte_at(page + 26) && i < bytes.size(); ++i) end += byte_at(i);
    end = std::min(end, bytes.size());
    put_u32(bytes, page + 22, 0);
    std::uint32_t crc = 0;
    for (std::size_t i = page; i < end; ++i) {
      crc ^= byte_at(i) << 24U;
      for (int bit = 0; bit < 8; ++bit) crc = crc << 1U ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
    }
    put_u32(bytes, page + 22, crc);
    page = end;
  }
}

std::size_t peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss);
}

struct Format {
  const char* name;
  AudioType type;
  Bytes (*make)(const Sine&);
  double tolerance;
  std::size_t edge;  // samples at both ends that lossy coding smears
};

const Format kFormats[] = {{"wav int16", AudioType::kWav, tests::wav_int16, 1e-4, 0},
                           {"wav float32", AudioType::kWav, tests::wav_float32, 1e-6, 0},
                           {"aiff", AudioType::kAiff, tests::aiff, 1e-4, 0},
                           {"flac", AudioType::kFlac, tests::flac, 1e-4, 0},
                           {"ogg vorbis", AudioType::kOgg, tests::ogg_vorbis, 0.03, 2000},
                           {"mp3", AudioType::kMp3, tests::mp3, 0.03, 2000}};

TEST(DecodeTest, GivesRateLengthAndSamplesOfEveryFormat) {
  const Sine sine{.amplitudes = {0.5}, .n_frames = 33333};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Recording recording = decoded(format.make(sine));
    EXPECT_EQ(recording.type, format.type);
    EXPECT_EQ(recording.n_channels, 1);
    expect_sine(recording.waveform, sine, format.tolerance, format.edge);
  }
}

TEST(DecodeTest, AveragesChannelsInEveryFormat) {
  const Sine sine{.amplitudes = {0.6, 0.2}, .n_frames = 30000};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Recording recording = decoded(format.make(sine));
    EXPECT_EQ(recording.n_channels, 2);
    expect_sine(recording.waveform, sine, format.tolerance, format.edge);
  }
}

TEST(DecodeTest, OppositeChannelsCancel) {
  const Sine sine{.amplitudes = {0.5, -0.5}, .n_frames = 30000};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const bool lossless = format.edge == 0;
    const dsp::Waveform waveform = decoded(format.make(sine)).waveform;
    ASSERT_EQ(waveform.samples.size(), 30000U);
    for (const float x : waveform.samples) ASSERT_NEAR(x, 0.0, lossless ? 1e-7 : 5e-3);
  }
}

TEST(DecodeTest, KeepsEverySampleRate) {
  for (const int sample_rate : {8000, 11025, 16000, 22050, 32000, 48000}) {
    // In stereo: a mono MP3 of a low sample rate has frames too small for an Info header.
    const Sine sine{.amplitudes = {0.5, 0.5}, .sample_rate = sample_rate, .n_frames = 20000};
    for (const Format& format : kFormats) {
      SCOPED_TRACE(std::string(format.name) + " " + std::to_string(sample_rate));
      const dsp::Waveform waveform = decoded(format.make(sine)).waveform;
      EXPECT_EQ(waveform.sample_rate, sample_rate);
      EXPECT_EQ(waveform.samples.size(), 20000U);
    }
  }
  EXPECT_EQ(decoded(tests::wav_int16({.sample_rate = 96000, .n_frames = 9600})).waveform.sample_rate, 96000);
}

TEST(DecodeTest, GivesTheExactLengthOfAnMp3WithAnInfoHeader) {
  for (const std::size_t n_frames : {11025U, 44100U, 44101U, 100'000U}) {
    EXPECT_EQ(decoded(tests::mp3({.n_frames = n_frames})).waveform.samples.size(), n_frames);
    EXPECT_EQ(decoded(tests::mp3_variable_rate({.n_frames = n_frames})).waveform.samples.size(), n_frames);
  }
}

TEST(DecodeTest, DecodesAllOfAnMp3WithoutAnInfoHeader) {
  constexpr std::size_t kFrames = 10 * 44100;
  for (const bool variable : {false, true}) {
    SCOPED_TRACE(variable ? "variable bit rate" : "constant bit rate");
    const Sine sine{.n_frames = kFrames};
    const Bytes file = tests::strip_info_header(variable ? tests::mp3_variable_rate(sine) : tests::mp3(sine));
    const dsp::Waveform waveform = decoded(file).waveform;
    EXPECT_EQ(waveform.sample_rate, 44100);
    EXPECT_GE(waveform.samples.size(), kFrames);
    EXPECT_LE(waveform.samples.size(), kFrames + 2 * kMp3Frame + kEncoderDelay);
    ASSERT_GT(waveform.samples.size(), 400'000U);
    // The tolerance holds what LAME takes off the level at low bit rates, 5 %.
    EXPECT_NEAR(rms(waveform, 100'000, 200'000), 0.5 / std::sqrt(2.0), 0.02) << "the sine in the first half";
    const double second = variable ? 1.0 / std::sqrt(12.0) : 0.5 / std::sqrt(2.0);  // uniform noise, or the sine
    EXPECT_NEAR(rms(waveform, 300'000, 400'000), second, variable ? 0.05 : 0.02) << "the second half";
  }
}

TEST(DecodeTest, NamesAFileWithoutBytes) {
  const Failure failure = failure_of({});
  EXPECT_EQ(kind_of(failure), "empty");
  EXPECT_EQ(failure.detail, "clips/song.mp3: the file has no bytes");
}

TEST(DecodeTest, GoesByTheFirstBytesAndNotByTheName) {
  const Failure failure = failure_of(bytes_of("Sorry, this preview is not available in your country."));
  EXPECT_EQ(kind_of(failure), "not_audio");
  expect_part(failure, "its first bytes are not those of WAV, FLAC, OGG, MP3 or AIFF");
  const auto recording = decode(tests::wav_int16({}), "clips/song.mp3", {});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->type, AudioType::kWav);
}

TEST(DecodeTest, NamesM4aAsNotSupported) {
  const Failure failure = failure_of(joined(bytes_of("\x01\x01\x01\x20"
                                                     "ftypM4A "),
                                            Bytes(1000)));
  EXPECT_EQ(kind_of(failure), "undecodable");
  expect_part(failure, "M4A/AAC is not supported yet");
}

TEST(DecodeTest, NamesBothDurationsOfATruncatedMp3) {
  const Bytes whole = tests::mp3({.n_frames = 4 * 44100});
  // Frames have 208 or 209 bytes here: these cuts fall between two frames and into one at several places.
  for (const std::size_t beyond : {0U, 1U, 20U, 60U, 100U, 150U, 200U}) {
    SCOPED_TRACE(std::to_string(beyond) + " bytes beyond the half");
    const Failure failure = failure_of(first_part(whole, whole.size() / 2 + beyond));
    EXPECT_EQ(kind_of(failure), "truncated");
    expect_part(failure, "the header promises 4 s, the file holds ");
    const std::size_t holds = failure.detail.find("holds ");
    if (holds == std::string::npos) continue;
    EXPECT_NEAR(std::stod(failure.detail.substr(holds + 6)), 2.0, 0.1) << failure.detail;
  }
}

TEST(DecodeTest, DecodesTheWholeFramesOfAnMp3ThatBreaksOffWithoutAnInfoHeader) {
  const Bytes whole = tests::strip_info_header(tests::mp3({.n_frames = 4 * 44100}));
  for (const std::size_t missing : {1U, 20U, 60U, 100U, 150U, 200U}) {
    SCOPED_TRACE(std::to_string(missing) + " bytes missing");
    const dsp::Waveform waveform = decoded(first_part(whole, whole.size() - missing)).waveform;
    EXPECT_NEAR(static_cast<double>(waveform.samples.size()), 4.0 * 44100, 2.0 * kMp3Frame);
  }
}

TEST(DecodeTest, NamesBothDurationsOfATruncatedWav) {
  const Bytes whole = tests::wav_int16({.amplitudes = {0.5, 0.5}, .n_frames = 2 * 44100});
  const Failure failure = failure_of(first_part(whole, whole.size() - 44100 * 4));
  EXPECT_EQ(kind_of(failure), "truncated");
  EXPECT_EQ(failure.detail, "clips/song.mp3: the header promises 2 s, the file holds 1 s");
}

TEST(DecodeTest, NoticesAWavThatLacksASingleSample) {
  const Bytes whole = tests::wav_float32({.n_frames = 44100});
  EXPECT_EQ(kind_of(failure_of(first_part(whole, whole.size() - 4))), "truncated");
}

TEST(DecodeTest, NamesBothDurationsOfATruncatedFlac) {
  const Bytes whole = tests::flac({.n_frames = 4 * 44100});
  const Failure failure = failure_of(first_part(whole, whole.size() / 2));
  EXPECT_EQ(kind_of(failure), "truncated");
  expect_part(failure, "the header promises 4 s, the file holds ");
}

TEST(DecodeTest, NamesBothDurationsOfATruncatedAiff) {
  const Bytes whole = tests::aiff({.n_frames = 4 * 44100});
  const Failure failure = failure_of(first_part(whole, whole.size() / 2));
  EXPECT_EQ(kind_of(failure), "truncated");
  expect_part(failure, "the header promises 4 s, the file holds 2 s");
}

TEST(DecodeTest, AcceptsAStreamedWavWhoseLengthIsUnknown) {
  for (const std::uint32_t length : {0xFFFFFFFFU, 0xFFFFFF00U}) {
    Bytes file = tests::wav_int16({.n_frames = 10000});
    ASSERT_EQ(tests::string_of(std::span(file).subspan(36, 4)), "data");
    put_u32(file, 40, length);
    EXPECT_EQ(decoded(file).waveform.samples.size(), 10000U) << length;
  }
}

TEST(DecodeTest, NamesAWavThatClaimsToHoldNothing) {
  Bytes file = tests::wav_int16({.n_frames = 10000});
  put_u32(file, 40, 0);
  const Failure failure = failure_of(file);
  EXPECT_EQ(kind_of(failure), "too_short");
  expect_part(failure, "0 samples (0 s)");
}

TEST(DecodeTest, NamesAWavOfNothingButItsHeader) {
  const Bytes promising = first_part(tests::wav_int16({.n_frames = 44100}), 44);
  const Failure truncated = failure_of(promising);
  EXPECT_EQ(kind_of(truncated), "truncated");
  expect_part(truncated, "the header promises 1 s, the file holds 0 s");
  const Failure empty = failure_of(tests::wav_int16({.n_frames = 0}));
  EXPECT_EQ(kind_of(empty), "too_short");
  expect_part(empty, "0 samples (0 s)");
  const Failure cut = failure_of(first_part(promising, 20));
  EXPECT_EQ(kind_of(cut), "undecodable");
  EXPECT_GT(cut.detail.size(), std::string("clips/song.mp3: ").size());
}

TEST(DecodeTest, NamesTheFirstSampleThatIsNotANumber) {
  const Failure failure = failure_of(tests::wav_of_nan(5000));
  EXPECT_EQ(kind_of(failure), "not_finite");
  EXPECT_EQ(failure.detail, "clips/song.mp3: sample 0 is not a finite number; all must be");
  Bytes file = tests::wav_float32({.n_frames = 5000});
  put_u32(file, file.size() - 4 * 1000, 0x7F800000U);  // infinity
  expect_part(failure_of(file), "is not a finite number");
}

TEST(DecodeTest, NamesLengthAndRuleOfTenSamples) {
  const Bytes file = tests::wav_int16({.n_frames = 10});
  const Failure failure = failure_of(file);
  EXPECT_EQ(kind_of(failure), "too_short");
  EXPECT_EQ(failure.detail,
            "clips/song.mp3: 10 samples (0.0002268 s); at least 0.05 s are needed (see --min-duration)");
  EXPECT_EQ(decoded(file, {.min_duration_s = 0.0}).waveform.samples.size(), 10U);
}

TEST(DecodeTest, MinDurationIsInclusive) {
  const Bytes file = tests::wav_int16({.sample_rate = 8000, .n_frames = 4000});
  EXPECT_EQ(decoded(file, {.min_duration_s = 0.5}).waveform.samples.size(), 4000U);
  EXPECT_EQ(kind_of(failure_of(file, {.min_duration_s = 0.51})), "too_short");
}

TEST(DecodeTest, NamesTheFileAndTheRuleForEightChannels) {
  const Sine sine{.amplitudes = {0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1}, .n_frames = 10000};
  const Bytes file = tests::wav_float32(sine);
  const Failure failure = failure_of(file);
  EXPECT_EQ(kind_of(failure), "too_many_channels");
  EXPECT_EQ(failure.detail, "clips/song.mp3: 8 channels; at most 2 are averaged (see --max-channels)");
  const Recording recording = decoded(file, {.max_channels = 8});
  EXPECT_EQ(recording.n_channels, 8);
  expect_sine(recording.waveform, sine, 1e-6);
}

TEST(DecodeTest, RefusesStereoWhereOnlyMonoIsAllowed) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Failure failure = failure_of(format.make({.amplitudes = {0.5, 0.5}}), {.max_channels = 1});
    EXPECT_EQ(kind_of(failure), "too_many_channels");
    expect_part(failure, "2 channels; at most 1 ");
  }
}

TEST(DecodeTest, StopsAtMaxDuration) {
  const Sine sine{.amplitudes = {0.5, 0.5}, .n_frames = 3 * 44100};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Bytes file = format.make(sine);
    const dsp::Waveform waveform = decoded(file, {.max_duration_s = 1.5}).waveform;
    ASSERT_EQ(waveform.samples.size(), 66150U);
    EXPECT_NEAR(waveform.samples[50'000], sine.mean_at(50'000), format.tolerance);
    EXPECT_EQ(decoded(file, {.max_duration_s = 3.5}).waveform.samples.size(), 3U * 44100U);
  }
}

TEST(DecodeTest, BoundsAFileThatClaimsAnAbsurdSampleRate) {
  for (const std::uint32_t rate : {1U, 999U, 768'001U, 0x7FFFFFFFU}) {
    Bytes file = tests::wav_int16({.n_frames = 10000});
    ASSERT_EQ(tests::string_of(std::span(file).subspan(12, 4)), "fmt ");
    put_u32(file, 24, rate);
    const Failure failure = failure_of(file);
    EXPECT_EQ(kind_of(failure), "undecodable");
    expect_part(failure, "sample rate " + std::to_string(rate) + " Hz; it must be 1000 to 768000");
  }
}

TEST(DecodeTest, MemoryIsBoundedWhateverSampleRateAnOggClaims) {
  // Half an hour of silence in few bytes, said to last a fraction of a millisecond.
  Bytes file = tests::ogg_vorbis({.amplitudes = {0.0}, .sample_rate = 8000, .n_frames = 30 * 60 * 8000});
  const std::size_t vorbis = tests::string_of(file).find("\x01vorbis");
  ASSERT_LT(vorbis, 100U);
  put_u32(file, vorbis + 12, 0x7FFFFFFFU);
  repair_ogg_checksums(file);
  const std::size_t before = peak_memory_kib();
  const Failure failure = failure_of(file, {.max_duration_s = 1.0});
  EXPECT_EQ(kind_of(failure), "undecodable");
  expect_part(failure, "sample rate 2147483647 Hz; it must be 1000 to 768000");
  EXPECT_LT(peak_memory_kib() - before, 16U * 1024U)
      << "768000 samples, one second of the highest rate allowed, are 3 MiB; " << file.size() << " bytes came in";
}

TEST(DecodeTest, IgnoresTagsAndPaddingAfterAnMp3) {
  const Bytes ape = bytes_of(std::string("APETAGEX\xD0\x07\x00\x00", 12) + std::string(52, 'a'));
  for (const Bytes& tail : {bytes_of("TAG" + std::string(125, ' ')), ape, Bytes(1), Bytes(5000), Bytes(100'000),
                            bytes_of(std::string(5000, 'x')), Bytes(200, std::byte{0xFF})}) {
    EXPECT_EQ(decoded(joined(tests::mp3({}), tail)).waveform.samples.size(), 44100U) << tail.size();
  }
}

TEST(DecodeTest, IgnoresNoiseAfterAnMp3) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const dsp::Waveform waveform = decoded(joined(tests::mp3({}), noise(20'000, random))).waveform;
    EXPECT_GE(waveform.samples.size(), 44100U);
    EXPECT_LE(waveform.samples.size(), 44100U + 60 * kMp3Frame) << "noise holds few frames by chance";
  }
}

TEST(DecodeTest, SkipsTagsBeforeAnMp3) {
  const Bytes file = tests::mp3({});
  const Bytes frames(file.begin() + static_cast<std::ptrdiff_t>(tests::first_mpeg_frame(file)), file.end());
  Bytes tag = bytes_of("ID3");
  for (const int b : {3, 0, 0, 0, 0, 0x27, 0x08}) tag.push_back(static_cast<std::byte>(b));  // 5000 bytes follow
  tag.resize(10 + 0x27 * 128 + 8, std::byte{0xFF});
  EXPECT_EQ(decoded(joined(tag, frames)).waveform.samples.size(), 44100U);
}

TEST(DecodeTest, DecodesAnMp3WithGarbageInTheMiddle) {
  const Bytes whole = tests::mp3({.n_frames = 4 * 44100});
  Bytes file = first_part(whole, whole.size() / 2);
  file.insert(file.end(), 3000, std::byte{'x'});
  file.insert(file.end(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2), whole.end());
  const dsp::Waveform waveform = decoded(file).waveform;
  EXPECT_NEAR(static_cast<double>(waveform.samples.size()), 4.0 * 44100, 3.0 * kMp3Frame);
}

TEST(DecodeTest, RefusesAnMp3BehindGarbageThatIsNoTag) {
  const Failure failure = failure_of(joined(bytes_of("HTTP/1.1 200 OK\r\n\r\n"), tests::mp3({})));
  EXPECT_EQ(kind_of(failure), "not_audio");
}

TEST(DecodeTest, NamesTagsWithoutMusicAsUndecodable) {
  Bytes tag = bytes_of("ID3");
  for (const int b : {3, 0, 0, 0, 0, 0, 0x10}) tag.push_back(static_cast<std::byte>(b));
  tag.resize(10 + 16);
  const Failure failure = failure_of(tag);
  EXPECT_EQ(kind_of(failure), "undecodable");
  EXPECT_GT(failure.detail.size(), std::string("clips/song.mp3: ").size());
}

/// Decodes and checks what must hold whatever the bytes are. Returns whether a recording came out.
bool holds_its_promises(const Bytes& bytes, const DecodeOptions& options) {
  const auto recording = decode(bytes, "clips/hostile", options);
  if (!recording) {
    EXPECT_EQ(recording.error().stage, Stage::kDecode);
    EXPECT_TRUE(recording.error().detail.starts_with("clips/hostile: ")) << recording.error().detail;
    EXPECT_GT(recording.error().detail.size(), std::string("clips/hostile: ").size());
    return false;
  }
  const dsp::Waveform& waveform = recording->waveform;
  EXPECT_GE(recording->n_channels, 1);
  EXPECT_LE(recording->n_channels, options.max_channels);
  EXPECT_GE(waveform.sample_rate, 1000);
  EXPECT_LE(waveform.sample_rate, 768'000);
  EXPECT_GE(waveform.duration_s(), options.min_duration_s);
  EXPECT_LE(waveform.duration_s(), options.max_duration_s);
  EXPECT_TRUE(std::all_of(waveform.samples.begin(), waveform.samples.end(), [](float x) { return std::isfinite(x); }));
  return true;
}

class HostileDecodeTest : public testing::TestWithParam<Format> {};

TEST_P(HostileDecodeTest, TwoHundredMutationsGiveFiniteSamplesOrAReason) {
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
    if (GetParam().type == AudioType::kOgg) repair_ogg_checksums(bytes);
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

TEST(DecodeTest, NoiseBehindEveryMagicWordNeverCrashes) {
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
                                  "\xFF\xFB\x90\x40"};
  for (const std::string& prefix : prefixes) {
    for (int round = 0; round < 20; ++round) {
      SCOPED_TRACE(prefix + " round " + std::to_string(round));
      holds_its_promises(joined(bytes_of(prefix), noise(1 + random() % 20'000, random)), {.max_duration_s = 2.0});
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace hitscope::ingest
