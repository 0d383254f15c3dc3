// Hostile and broken input of the MP3 decoder: no crash under sanitizers, no endless loop, and audio where there is
// some.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

#include "tests/support/mp3_streams.h"

namespace hitscope::tests {
namespace mp3_robustness_test {

using ingest::mp3::Decoder;
using ingest::mp3::FrameHeader;
using ingest::mp3::Rate;

Bytes bytes_of(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

Bytes id3v2(std::size_t stated, std::size_t actual, bool has_footer = false) {
  Bytes tag = bytes_of("ID3");
  for (const std::size_t byte : {std::size_t{4}, std::size_t{0}, std::size_t{has_footer ? 0x10U : 0U},
                                 stated >> 21U & 127U, stated >> 14U & 127U, stated >> 7U & 127U, stated & 127U}) {
    tag.push_back(static_cast<std::byte>(byte));
  }
  // Full of what looks like frame headers.
  for (std::size_t i = 0; i < actual; ++i) tag.push_back(i % 2 == 0 ? std::byte{0xFF} : std::byte{0xFB});
  if (has_footer) tag.resize(tag.size() + 10);
  return tag;
}

/// Without bytes that could begin a frame.
Bytes garbage(std::size_t n, unsigned seed) {
  Bytes bytes = random_bytes(n, seed);
  for (std::byte& byte : bytes) byte &= std::byte{0x7F};
  return bytes;
}

Bytes short_file() {
  return lame({44100, 2, false, 0.6, Content::kMusic, 6000});
}

TEST(Mp3Robustness, AFileCutAnywhereGivesItsWholeFrames) {
  const Bytes mp3 = without_info(short_file());
  const std::vector<float> whole = by_us(mp3).mono;
  std::size_t most = 0;
  for (std::size_t size = 0; size <= mp3.size(); ++size) {
    const std::vector<float> mono = by_us({mp3.begin(), mp3.begin() + static_cast<std::ptrdiff_t>(size)}).mono;
    ASSERT_GE(mono.size(), most);
    ASSERT_TRUE(std::equal(mono.begin(), mono.end(), whole.begin()));
    most = mono.size();
  }
  EXPECT_EQ(most, whole.size());
}

TEST(Mp3Robustness, CutsAreWhereLibmpg123HasThem) {
  for (const Bytes& mp3 : {short_file(), without_info(short_file())}) {
    for (std::size_t size = 2000; size < mp3.size(); size += 371) {
      const Bytes cut(mp3.begin(), mp3.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_LE(largest_difference(by_us(cut).mono, by_libmpg123(cut).mono), 2e-6) << size;
    }
  }
}

TEST(Mp3Robustness, TagsAndGarbageAtBothEndsGiveNoSamples) {
  const Bytes mp3 = short_file();
  const std::vector<float> plain = by_us(mp3).mono;
  Bytes ten_tags;
  for (int i = 0; i < 10; ++i) ten_tags = joined({ten_tags, id3v2(1000, 1000, i % 2 == 0)});
  Bytes ape = bytes_of("APETAGEX");
  ape.resize(32);
  ape[12] = std::byte{100};
  ape.resize(132, std::byte{0xFF});
  Bytes id3v1 = bytes_of("TAG");
  id3v1.resize(128, std::byte{0xFF});
  const Bytes lyrics = joined({bytes_of("LYRICSBEGIN"), garbage(300, 4), bytes_of("LYRICS200")});
  EXPECT_EQ(by_us(joined({ten_tags, mp3})).mono, plain);
  EXPECT_EQ(by_us(joined({id3v2(1 << 20, 1 << 20), mp3})).mono, plain);
  EXPECT_EQ(by_us(joined({garbage(5000, 1), mp3, garbage(5000, 2)})).mono, plain);
  EXPECT_EQ(by_us(joined({mp3, ape, id3v1})).mono, plain);
  EXPECT_EQ(by_us(joined({mp3, lyrics, ape, id3v1})).mono, plain);
}

TEST(Mp3Robustness, ATagThatLiesAboutItsSizeHidesNoAudio) {
  const Bytes mp3 = short_file();
  const std::vector<float> plain = by_us(mp3).mono;
  EXPECT_EQ(by_us(joined({id3v2(200'000'000, 100), mp3})).mono, plain);
  EXPECT_EQ(by_us(joined({id3v2(10, 100), mp3})).mono, plain);
}

TEST(Mp3Robustness, GoesOnBehindGarbageInTheMiddle) {
  const Bytes mp3 = without_info(lame({}));
  Bytes frames = mp3;
  std::vector<std::size_t> sizes;
  change_frames(frames, [&](const FrameHeader&, std::span<std::uint8_t> frame) { sizes.push_back(frame.size()); });
  std::ptrdiff_t middle = 0;
  for (std::size_t i = 0; i < sizes.size() / 2; ++i) middle += static_cast<std::ptrdiff_t>(sizes[i]);
  const Bytes broken =
      joined({{mp3.begin(), mp3.begin() + middle}, garbage(777, 3), {mp3.begin() + middle, mp3.end()}});
  const std::vector<float> plain = by_us(mp3).mono;
  const std::vector<float> mono = by_us(broken).mono;
  ASSERT_EQ(mono.size(), plain.size());
  // All but the frame whose bit reservoir was lost, and what that leaves over, is as before.
  const std::size_t begin = 1152 * (sizes.size() / 2);
  EXPECT_TRUE(std::equal(mono.begin(), mono.begin() + static_cast<std::ptrdiff_t>(begin), plain.begin()));
  EXPECT_TRUE(std::equal(mono.begin() + static_cast<std::ptrdiff_t>(begin + 5 * 1152), mono.end(),
                         plain.begin() + static_cast<std::ptrdiff_t>(begin + 5 * 1152)));
  // libmpg123 forgets the past of its filter bank besides, which takes 480 samples to fade.
  std::vector<float> theirs = by_libmpg123(broken).mono;
  std::copy_n(mono.begin() + static_cast<std::ptrdiff_t>(begin), 480,
              theirs.begin() + static_cast<std::ptrdiff_t>(begin));
  EXPECT_LE(largest_difference(mono, theirs), 2e-6);
}

TEST(Mp3Robustness, WhatIsNoMp3HasNoInfo) {
  EXPECT_FALSE(Decoder({}).info().has_value());
  for (const Bytes& bytes : {Bytes(1 << 20, std::byte{0xFF}), Bytes(1 << 16), bytes_of("ID3"), bytes_of("\xFF\xFB"),
                             id3v2(1000, 1000), garbage(100000, 9), bytes_of(std::string(3000, 'x'))}) {
    Decoder decoder(bytes);
    std::vector<float> mono;
    EXPECT_FALSE(decoder.info().has_value());
    EXPECT_FALSE(decoder.decode(1000, mono));
    EXPECT_TRUE(mono.empty());
  }
}

TEST(Mp3Robustness, AnInfoHeaderAloneIsNoAudio) {
  Bytes mp3 = lame({});
  mp3.resize(1000);
  EXPECT_FALSE(Decoder(mp3).info().has_value());
  EXPECT_THROW(by_libmpg123(mp3), std::runtime_error);
}

TEST(Mp3Robustness, SurvivesRandomBytes) {
  for (unsigned seed = 0; seed < 20; ++seed) by_us(random_bytes(50000, seed));
}

TEST(Mp3Robustness, SurvivesRandomFramesOfEveryKind) {
  std::mt19937 random(11);
  for (int file = 0; file < 60; ++file) {
    const unsigned second = 0xE2U | (random() % 4) << 3U | random() % 2;
    const unsigned rate = random() % 3;
    Bytes bytes;
    for (int i = 0; i < 30; ++i) {
      Bytes frame = random_bytes(1500, static_cast<unsigned>(random()));
      frame[0] = std::byte{0xFF};
      frame[1] = static_cast<std::byte>(second);
      frame[2] = static_cast<std::byte>((1 + random() % 14) << 4U | rate << 2U | random() % 4);
      const auto header = ingest::mp3::parse_header(reinterpret_cast<const std::uint8_t*>(frame.data()));
      if (!header.has_value()) continue;
      frame.resize(header->size);
      bytes = joined({bytes, frame});
    }
    by_us(bytes, file % 2 == 0 ? Rate::kFull : Rate::kHalf);
  }
}

TEST(Mp3Robustness, SurvivesFlippedBitsAndBytes) {
  for (const int rate : {44100, 22050, 8000}) {
    const Bytes mp3 = lame({rate, 2, true, 0.5, Content::kMusic, 12000});
    std::mt19937 random(13);
    for (int round = 0; round < 100; ++round) {
      Bytes changed = mp3;
      for (std::size_t i = 0; i < 1 + random() % 40; ++i) {
        changed[random() % changed.size()] ^= static_cast<std::byte>(1U << random() % 8);
      }
      by_us(changed, round % 2 == 0 ? Rate::kFull : Rate::kHalf);
    }
  }
}

TEST(Mp3Robustness, ARateChangeBehindGarbageIsAnError) {
  const Bytes first = without_info(lame({44100, 2, false, 0.5, Content::kMusic, 8000}));
  const Bytes second = without_info(lame({48000, 2, false, 0.5, Content::kMusic, 8000}));
  for (const Bytes& between : {Bytes{}, garbage(50, 1)}) {
    const Bytes mp3 = joined({first, between, second});
    ingest::mp3::Decoder decoder(mp3);
    std::vector<float> mono;
    while (decoder.decode(5000, mono)) {
    }
    EXPECT_EQ(decoder.error(), "its sample rate changes within the file") << between.size();
  }
}

TEST(Mp3Robustness, ATagBehindZerosIsNoSound) {
  const Bytes mp3 = short_file();
  const Bytes fake = without_info(lame({48000, 2, false, 0.5, Content::kMusic, 3000}));
  Bytes tag{std::byte{'I'},
            std::byte{'D'},
            std::byte{'3'},
            std::byte{4},
            std::byte{0},
            std::byte{0},
            std::byte{0},
            std::byte{0},
            static_cast<std::byte>(fake.size() >> 7U & 0x7FU),
            static_cast<std::byte>(fake.size() & 0x7FU)};
  EXPECT_EQ(by_us(joined({Bytes(5), tag, fake, mp3})).mono, by_us(mp3).mono);
}

TEST(Mp3Robustness, SaysThatNothingIsLeftWithTheLastSample) {
  const Bytes mp3 = short_file();
  const std::size_t n = by_us(mp3).mono.size();
  for (const bool whole : {true, false}) {
    ingest::mp3::Decoder decoder(mp3);
    std::vector<float> mono;
    EXPECT_EQ(decoder.decode(whole ? n : n - 1, mono), !whole);
  }
}

TEST(Mp3Robustness, HalfRateOfDamagedFramesIsFiniteAndTheSameInBlocksOfAnySize) {
  Bytes damaged = without_info(lame({32000, 2, false, 0.3, Content::kMusic, 20000}));
  std::mt19937 random(3);
  change_frames(damaged, [&](const ingest::mp3::FrameHeader& header, std::span<std::uint8_t> frame) {
    frame[3] = static_cast<std::uint8_t>(frame[3] & 0x0FU);  // plain stereo
    for (std::size_t i = header.main_begin(); i < frame.size(); ++i) frame[i] = static_cast<std::uint8_t>(random());
  });
  const std::vector<float> alone = by_us(damaged, ingest::mp3::Rate::kHalf).mono;
  ingest::mp3::Decoder other(damaged, ingest::mp3::Rate::kHalf);
  std::vector<float> again;
  while (other.decode(333, again)) {
  }
  EXPECT_EQ(alone, again);
  for (const float sample : alone) ASSERT_TRUE(std::isfinite(sample));
}

}  // namespace mp3_robustness_test
}  // namespace hitscope::tests
