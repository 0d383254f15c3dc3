// What the MP3 decoder makes of good files, of damaged frames and of odd streams, with libmpg123 as the judge.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "tests/support/mp3_streams.h"

namespace hitscope::tests {
namespace mp3_decoder_test {

using ingest::mp3::Decoder;
using ingest::mp3::FrameHeader;
using ingest::mp3::Rate;

constexpr int kSampleRates[] = {44100, 48000, 32000, 24000, 22050, 16000, 12000, 11025, 8000};
// Of full scale, or of the loudest channel where that is louder. Against double precision we are wrong by up to 6e-7,
// and libmpg123 by up to 2.4e-6, which a loud sine brings out.
constexpr double kTolerance = 3e-6;

void expect_like_libmpg123(const Bytes& mp3, const std::string& what) {
  const Decoded theirs = by_libmpg123(mp3);
  const Decoded ours = by_us(mp3);
  ASSERT_EQ(ours.mono.size(), theirs.mono.size()) << what;
  EXPECT_EQ(ours.promised, theirs.promised) << what;
  EXPECT_LE(largest_difference(ours.mono, theirs.mono), kTolerance * std::max(1.0, theirs.channel_peak)) << what;
}

std::string text_of(const Mp3Shape& shape) {
  return std::to_string(shape.sample_rate) + " Hz, " + std::to_string(shape.n_channels) + " channels, " +
         (shape.variable_rate ? "variable, " : "constant, ") + std::to_string(shape.compression);
}

void expect_like_libmpg123_with_and_without_info(const Mp3Shape& shape) {
  const Bytes mp3 = lame(shape);
  expect_like_libmpg123(mp3, text_of(shape));
  expect_like_libmpg123(without_info(mp3), text_of(shape) + ", without Info header");
}

/// First bit of what is said of a granule of a channel in the side information.
std::size_t granule_bit(const FrameHeader& header, std::size_t granule, std::size_t channel) {
  const auto n_channels = static_cast<std::size_t>(header.n_channels);
  const std::size_t begin = 8 * (header.main_begin() - header.side_size());
  if (header.low_rate) return begin + 8 + n_channels + 63 * channel;
  return begin + 9 + (n_channels == 1 ? 5 : 3) + 4 * n_channels + 59 * (granule * n_channels + channel);
}

std::size_t window_switch_bit(const FrameHeader& header, std::size_t granule, std::size_t channel) {
  return granule_bit(header, granule, channel) + 12 + 9 + 8 + (header.low_rate ? 9 : 4);
}

/// Plain stereo, in which both channels are decoded whatever is in them.
void set_mode(std::span<std::uint8_t> frame, unsigned mode, unsigned extension) {
  frame[3] = static_cast<std::uint8_t>((frame[3] & 0x0FU) | mode << 6U | extension << 4U);
}

TEST(Mp3, DecodesEverySampleRateLikeLibmpg123) {
  for (const int rate : kSampleRates) {
    for (const int n_channels : {1, 2}) {
      expect_like_libmpg123_with_and_without_info({rate, n_channels, false, 0.5, Content::kMusic});
    }
  }
}

TEST(Mp3, DecodesEveryBitRateLikeLibmpg123) {
  for (const int rate : {44100, 48000, 24000, 22050, 8000}) {
    for (const double compression : {0.0, 0.7, 1.0}) {
      for (const bool variable : {false, true}) {
        // At the lowest bit rate libmpg123 loses count of its bit reservoir in stereo at low rates; see below.
        const int n_channels = rate < 32000 && compression == 1.0 ? 1 : 2;
        expect_like_libmpg123_with_and_without_info({rate, n_channels, variable, compression, Content::kMusic});
      }
    }
  }
}

TEST(Mp3, DecodesNoiseSineAndSilenceLikeLibmpg123) {
  for (const Content content : {Content::kNoise, Content::kSine, Content::kSilence}) {
    expect_like_libmpg123_with_and_without_info({44100, 2, false, 0.3, content});
    expect_like_libmpg123_with_and_without_info({22050, 2, true, 0.3, content});
  }
}

TEST(Mp3, DecodesAllKindsOfJointStereoLikeLibmpg123) {
  for (const int rate : kSampleRates) {
    const Bytes mp3 = lame({rate, 2, false, 0.4, Content::kMusic});
    for (unsigned extension = 0; extension < 4; ++extension) {
      Bytes changed = mp3;
      change_frames(changed, [&](const FrameHeader&, std::span<std::uint8_t> frame) { set_mode(frame, 1, extension); });
      expect_like_libmpg123(changed, std::to_string(rate) + " Hz, extension " + std::to_string(extension));
    }
  }
}

TEST(Mp3, DecodesMixedBlocksLikeLibmpg123) {
  // At low rates libmpg123's bands of mixed short blocks are not those of the standard; no encoder makes such blocks.
  for (const int rate : {44100, 48000, 32000, 22050}) {
    for (const bool is_short : {true, false}) {
      if (is_short && rate < 32000) continue;
      int n_changed = 0;
      Bytes mp3 = lame({rate, 2, false, 0.4, Content::kMusic});
      change_frames(mp3, [&](const FrameHeader& header, std::span<std::uint8_t> frame) {
        set_mode(frame, 0, 0);
        for (std::size_t i = 0; i < 2 * static_cast<std::size_t>(header.n_granules()); ++i) {
          const std::size_t bit = window_switch_bit(header, i / 2, i % 2);
          if (get_bits(frame, bit, 1) == 0 || (get_bits(frame, bit + 1, 2) == 2) != is_short) continue;
          set_bits(frame, bit + 3, 1, 1);
          ++n_changed;
        }
      });
      EXPECT_GT(n_changed, 0);
      expect_like_libmpg123(mp3, std::to_string(rate) + " Hz");
    }
  }
}

TEST(Mp3, DecodesRandomMainDataLikeLibmpg123) {
  for (const int rate : kSampleRates) {
    std::mt19937 random(3);
    Bytes mp3 = lame({rate, 2, false, 0.4, Content::kMusic});
    change_frames(mp3, [&](const FrameHeader& header, std::span<std::uint8_t> frame) {
      set_mode(frame, 0, 0);
      for (std::uint8_t& byte : frame.subspan(header.main_begin())) byte = static_cast<std::uint8_t>(random() & 0xFFU);
    });
    expect_like_libmpg123(mp3, std::to_string(rate) + " Hz");
  }
}

TEST(Mp3, DecodesDamagedSideInformationLikeLibmpg123) {
  for (const int rate : {44100, 32000, 22050, 8000}) {
    for (const Content content : {Content::kMusic, Content::kSilence}) {  // silence has granules without main data
      std::mt19937 random(5);
      Bytes mp3 = lame({rate, 2, false, 0.4, content, 40000});
      change_frames(mp3, [&](const FrameHeader& header, std::span<std::uint8_t> frame) {
        set_mode(frame, 0, 0);
        const std::size_t bit = 8 * (header.main_begin() - header.side_size()) + random() % (8 * header.side_size());
        if (random() % 4 == 0) set_bits(frame, bit, 1, 1U - get_bits(frame, bit, 1));
      });
      expect_like_libmpg123(mp3, std::to_string(rate) + " Hz");
    }
  }
}

std::vector<float> every_second(const std::vector<float>& samples) {
  std::vector<float> kept;
  for (std::size_t i = 0; i < samples.size(); i += 2) kept.push_back(samples[i]);
  return kept;
}

TEST(Mp3, HalfRateIsEverySecondSampleWhereTheUpperSubbandsAreEmpty) {
  for (const int rate : {44100, 32000, 22050}) {
    const Bytes mp3 = lame({rate, 2, false, 1.0, Content::kMusic});  // LAME cuts off high frequencies
    const Bytes bare = without_info(mp3);
    const std::vector<float> half = by_us(bare, Rate::kHalf).mono;
    EXPECT_LE(largest_difference(half, every_second(by_us(bare).mono)), kTolerance) << rate;
    EXPECT_LE(largest_difference(half, by_libmpg123(bare, true).mono), kTolerance) << rate;
    // With an Info header the file begins at an odd sample of the stream: the odd ones are the right ones.
    EXPECT_LE(largest_difference(by_us(mp3, Rate::kHalf).mono, every_second(by_us(mp3).mono)), kTolerance) << rate;
  }
}

TEST(Mp3, HalfRateHasHalfTheSamplesRoundedUp) {
  for (const std::size_t n_frames : {20000U, 20001U, 20002U, 20003U}) {
    const Bytes mp3 = lame({44100, 2, false, 0.4, Content::kMusic, n_frames});
    const Decoded half = by_us(mp3, Rate::kHalf);
    EXPECT_EQ(half.mono.size(), (n_frames + 1) / 2);
    EXPECT_EQ(half.promised, static_cast<std::int64_t>(half.mono.size()));
    EXPECT_EQ(Decoder(mp3, Rate::kHalf).info()->sample_rate, 22050);
  }
}

TEST(Mp3, GivesTheSameSamplesInBlocksOfAnySize) {
  const Bytes mp3 = lame({});
  const Decoded whole = by_us(mp3, Rate::kFull, 1U << 20U);
  EXPECT_EQ(whole.mono.size(), 30000U);
  for (const std::size_t block : {1U, 7U, 1152U, 5000U}) EXPECT_EQ(by_us(mp3, Rate::kFull, block).mono, whole.mono);
}

TEST(Mp3, SaysWhatTheStreamIs) {
  const Bytes mp3 = lame({22050, 1, false, 0.5, Content::kMusic, 12345});
  const Decoder decoder(mp3);
  ASSERT_TRUE(decoder.info().has_value());
  EXPECT_EQ(decoder.info()->sample_rate, 22050);
  EXPECT_EQ(decoder.info()->n_channels, 1);
  EXPECT_EQ(decoder.info()->promised_frames, 12345);
  EXPECT_FALSE(Decoder(without_info(mp3)).info()->promised_frames.has_value());
}

TEST(Mp3, MixesWhateverChannelsAFrameHas) {
  const Bytes stereo = without_info(lame({}));
  const Bytes mono = without_info(lame({44100, 1}));
  expect_like_libmpg123(joined({stereo, mono}), "stereo, then mono");
  expect_like_libmpg123(joined({mono, stereo}), "mono, then stereo");
}

TEST(Mp3, StopsWhereTheSampleRateChanges) {
  const Bytes first = lame({});
  const Bytes both = joined({first, lame({48000})});
  Decoder decoder(both);
  std::vector<float> mono;
  while (decoder.decode(1000, mono)) {
  }
  EXPECT_EQ(mono.size(), 30000U);
  EXPECT_EQ(decoder.error(), "its sample rate changes within the file");
}

TEST(Mp3, GivesAllOfWhatWasAppendedToAFile) {
  const Bytes mp3 = lame({});
  expect_like_libmpg123(joined({mp3, without_info(mp3)}), "appended");
  expect_like_libmpg123(joined({mp3, mp3}), "twice");
}

TEST(Mp3, TrimsOnlyTheDecodersDelayWithoutLamesExtension) {
  Bytes mp3 = lame({});
  const std::string bytes(reinterpret_cast<const char*>(mp3.data()), 2000);
  const std::size_t at = std::min(bytes.find("Info"), bytes.find("Xing"));
  ASSERT_LT(at, bytes.size());
  mp3[at + 120] = std::byte{0};
  expect_like_libmpg123(mp3, "no extension");
}

}  // namespace mp3_decoder_test
}  // namespace hitscope::tests
