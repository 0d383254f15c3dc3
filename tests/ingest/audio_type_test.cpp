#include "ingest/audio_type.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace audio_type_test {

using tests::Bytes;
using tests::bytes_of;
using tests::corpus_file;
using tests::id3v2_tag;
using tests::joined;
using tests::Sine;

AudioType type_of(const std::string& text) {
  return audio_type_of(bytes_of(text));
}

TEST(AudioTypeTest, TellsRealFilesByTheirFirstBytes) {
  const Sine sine{.n_frames = 11025};
  EXPECT_EQ(audio_type_of(tests::wav_int16(sine)), AudioType::kWav);
  EXPECT_EQ(audio_type_of(tests::wav_float32(sine)), AudioType::kWav);
  EXPECT_EQ(audio_type_of(tests::aiff(sine)), AudioType::kAiff);
  EXPECT_EQ(audio_type_of(tests::flac(sine)), AudioType::kFlac);
  EXPECT_EQ(audio_type_of(tests::ogg_vorbis(sine)), AudioType::kOgg);
  EXPECT_EQ(audio_type_of(tests::ogg_opus({.sample_rate = 48000})), AudioType::kOgg);
  EXPECT_EQ(audio_type_of(tests::mp3(sine)), AudioType::kMp3);
  EXPECT_EQ(audio_type_of(corpus_file("m4a_aac.m4a")), AudioType::kM4a);
  EXPECT_EQ(audio_type_of(corpus_file("m4a_alac.m4a")), AudioType::kM4a);
  EXPECT_EQ(audio_type_of(corpus_file("aac_adts.aac")), AudioType::kAac);
  EXPECT_EQ(audio_type_of(tests::strip_info_header(tests::mp3(sine))), AudioType::kMp3);
}

TEST(AudioTypeTest, TellsMp3OfEverySampleRate) {
  for (const int sample_rate : {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}) {
    const Bytes file = tests::mp3({.sample_rate = sample_rate, .n_frames = 20000});
    const std::size_t begin = tests::first_mpeg_frame(file);
    EXPECT_EQ(audio_type_of(std::span(file).subspan(begin)), AudioType::kMp3) << sample_rate;
  }
}

TEST(AudioTypeTest, TellsMagicWords) {
  EXPECT_EQ(type_of("RIFF\x10\x20\x30\x40WAVEfmt "), AudioType::kWav);
  EXPECT_EQ(type_of("RF64\xFF\xFF\xFF\xFFWAVEds64"), AudioType::kWav);
  EXPECT_EQ(type_of("fLaC"), AudioType::kFlac);
  EXPECT_EQ(type_of("OggS"), AudioType::kOgg);
  EXPECT_EQ(type_of("FORM\x01\x02\x03\x04"
                    "AIFF"),
            AudioType::kAiff);
  EXPECT_EQ(type_of("FORM\x01\x02\x03\x04"
                    "AIFC"),
            AudioType::kAiff);
  EXPECT_EQ(type_of("\x01\x01\x01\x20"
                    "ftypM4A "),
            AudioType::kM4a);
  EXPECT_EQ(type_of("ID3\x03"), AudioType::kMp3);
}

TEST(AudioTypeTest, RefusesContainersOfOtherThings) {
  EXPECT_EQ(type_of("RIFF\x10\x20\x30\x40"
                    "AVI LIST"),
            AudioType::kUnknown);
  EXPECT_EQ(type_of("FORM\x01\x02\x03\x04"
                    "ILBM"),
            AudioType::kUnknown);
  EXPECT_EQ(type_of("RIFF\x10\x20\x30\x40WAV"), AudioType::kUnknown);
  EXPECT_EQ(type_of("RIFF"), AudioType::kUnknown);
}

TEST(AudioTypeTest, RefusesTextAndPages) {
  EXPECT_EQ(type_of("just some text that is long enough to be a file"), AudioType::kUnknown);
  EXPECT_EQ(type_of("<!DOCTYPE html><html><body>Not found</body></html>"), AudioType::kUnknown);
  EXPECT_EQ(type_of("{\"error\": 404}"), AudioType::kUnknown);
  EXPECT_EQ(type_of("\xEF\xBB\xBFwith a byte-order mark"), AudioType::kUnknown);
  EXPECT_EQ(type_of("\xFF\xFEt\x01"
                    "e\x01x\x01t\x01"),
            AudioType::kUnknown)
      << "UTF-16 begins as an MPEG frame might";
}

TEST(AudioTypeTest, RefusesLongTextAndPages) {
  std::string html = "<!DOCTYPE html><html><body>";
  std::string json = "[";
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 3000; ++i) {
    html += "<p class=\"\xC3\xA9t\xC3\xA9\">preview " + std::to_string(i) + " is gone</p>\n";
    json += "{\"id\": " + std::to_string(i) + ", \"name\": \"\xE9\xF0\xFF\"},";
    text += "line " + std::to_string(i) + "\r\n";
  }
  for (const std::string& page : {html, json, text}) EXPECT_EQ(type_of(page), AudioType::kUnknown);
}

TEST(AudioTypeTest, RefusesNoise) {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    EXPECT_EQ(audio_type_of(tests::noise(70'000, random)), AudioType::kUnknown) << "round " << round;
  }
}

TEST(AudioTypeTest, RefusesNothingAndNearlyNothing) {
  EXPECT_EQ(audio_type_of({}), AudioType::kUnknown);
  EXPECT_EQ(type_of("I"), AudioType::kUnknown);
  EXPECT_EQ(type_of("\xFF"), AudioType::kUnknown);
  EXPECT_EQ(type_of("\xFF\xFB\x90"), AudioType::kUnknown);
}

TEST(AudioTypeTest, RefusesBytesOfOnesAndZeros) {
  for (const std::size_t size : {1U, 4U, 100U, 5000U, 100'000U}) {
    EXPECT_EQ(audio_type_of(Bytes(size, std::byte{0xFF})), AudioType::kUnknown) << size;
    EXPECT_EQ(audio_type_of(Bytes(size, std::byte{0})), AudioType::kUnknown) << size;
  }
}

/// `n` frames of `size` bytes that begin with `header`.
Bytes frames_of(const std::string& header, std::size_t size, int n) {
  Bytes bytes;
  for (int i = 0; i < n; ++i) {
    for (const char c : header) bytes.push_back(static_cast<std::byte>(c));
    bytes.resize(bytes.size() + size - header.size(), std::byte{0x55});
  }
  return bytes;
}

TEST(AudioTypeTest, KnowsFreeFormatOfEveryLayer) {
  const std::string first("\xFF\xFF\x08\x40", 4);
  const std::string second("\xFF\xFD\x08\x40", 4);
  const std::string third("\xFF\xFB\x08\x40", 4);
  EXPECT_EQ(audio_type_of(frames_of(first, 288, 6)), AudioType::kMp2);
  EXPECT_EQ(audio_type_of(frames_of(second, 288, 6)), AudioType::kMp2);
  EXPECT_EQ(audio_type_of(frames_of(third, 288, 3)), AudioType::kMp3);
  EXPECT_EQ(audio_type_of(frames_of(second, 288, 4)), AudioType::kUnknown) << "too few to be sure";
  EXPECT_EQ(audio_type_of(frames_of(first, 286, 6)), AudioType::kUnknown) << "layer I counts in fours";
}

TEST(AudioTypeTest, RefusesQuietSamplesAndLinesOfUtf16) {
  EXPECT_EQ(audio_type_of(frames_of(std::string("\xFF\xFF\0\0", 4), 4, 5000)), AudioType::kUnknown);
  Bytes quiet;
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto high = static_cast<std::byte>(i == 0 || random() % 2 == 0 ? 0xFF : 0);
    quiet.insert(quiet.end(), {high, high});
  }
  EXPECT_EQ(audio_type_of(quiet), AudioType::kUnknown) << "samples of -1 and 0";
  EXPECT_EQ(audio_type_of(frames_of(std::string("\xFF\xFE\n\0", 4), 60, 50)), AudioType::kUnknown);
}

TEST(AudioTypeTest, WantsASecondFrameWhereTheFirstOneEnds) {
  // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
  Bytes frame(417, std::byte{0});
  const Bytes header = bytes_of("\xFF\xFB\x90\x40");
  std::copy(header.begin(), header.end(), frame.begin());
  EXPECT_EQ(audio_type_of(frame), AudioType::kMp3) << "one whole frame, and no more";
  Bytes two = frame;
  two.insert(two.end(), frame.begin(), frame.end());
  EXPECT_EQ(audio_type_of(two), AudioType::kMp3);
  two[417] = std::byte{'x'};
  EXPECT_EQ(audio_type_of(two), AudioType::kUnknown);
}

TEST(AudioTypeTest, WantsASecondAdtsFrameWhereTheFirstOneEnds) {
  // MPEG-4 AAC-LC, 44.1 kHz, stereo: 100 bytes, header included.
  Bytes frame(100, std::byte{0});
  const Bytes header = bytes_of("\xFF\xF1\x50\x80\x0C\x9F\xFC");
  std::copy(header.begin(), header.end(), frame.begin());
  EXPECT_EQ(audio_type_of(frame), AudioType::kAac) << "one whole frame, and no more";
  Bytes two = joined(frame, frame);
  EXPECT_EQ(audio_type_of(two), AudioType::kAac);
  two[100] = std::byte{'x'};
  EXPECT_EQ(audio_type_of(two), AudioType::kUnknown);
}

TEST(AudioTypeTest, LooksBehindId3Tags) {
  const Bytes tag = id3v2_tag(300);
  const Bytes two = joined(tag, id3v2_tag(0));
  for (const auto& [bytes, type] : {std::pair(tests::flac({}), AudioType::kFlac),
                                    {corpus_file("aac_adts.aac"), AudioType::kAac},
                                    {tests::strip_info_header(tests::mp3({})), AudioType::kMp3}}) {
    EXPECT_EQ(audio_type_of(joined(tag, bytes)), type);
    EXPECT_EQ(audio_type_of(joined(two, bytes)), type) << "two tags";
  }
}

TEST(AudioTypeTest, MeasuresId3Tags) {
  EXPECT_EQ(id3v2_bytes({}), 0U);
  EXPECT_EQ(id3v2_bytes(tests::wav_int16({})), 0U);
  EXPECT_EQ(id3v2_bytes(bytes_of("ID3")), 0U) << "its header breaks off";
  EXPECT_EQ(id3v2_bytes(id3v2_tag(300)), 310U);
  EXPECT_EQ(id3v2_bytes(joined(id3v2_tag(300), id3v2_tag(7))), 327U);
  EXPECT_EQ(id3v2_bytes(tests::first_part(id3v2_tag(300), 50)), 310U) << "what the header says, not what is there";
  Bytes with_footer = id3v2_tag(300);
  with_footer[5] = std::byte{0x10};
  with_footer.resize(with_footer.size() + 10);
  EXPECT_EQ(id3v2_bytes(with_footer), 320U);
}

TEST(AudioTypeTest, TakesWhatEndsInsideATagForMp3) {
  EXPECT_EQ(audio_type_of(tests::first_part(id3v2_tag(5000), 200)), AudioType::kMp3);
}

TEST(AudioTypeTest, FindsMp3BehindUpTo64KibOfGarbage) {
  const Bytes mp3 = tests::mp3({.n_frames = 2 * 44100});
  std::mt19937 random(1);
  for (const std::size_t size : {1U, 100U, 4096U, 65535U}) {
    EXPECT_EQ(audio_type_of(joined(Bytes(size), mp3)), AudioType::kMp3) << size << " zeros";
    EXPECT_EQ(audio_type_of(joined(bytes_of(std::string(size, 'x')), mp3)), AudioType::kMp3) << size << " letters";
    EXPECT_EQ(audio_type_of(joined(tests::noise(size, random), mp3)), AudioType::kMp3) << size << " bytes of noise";
  }
  EXPECT_EQ(audio_type_of(joined(Bytes(65537), mp3)), AudioType::kUnknown);
}

TEST(AudioTypeTest, RefusesReservedMpegHeaderValues) {
  for (const std::string header : {"\xFF\xEB\x90\x40",     // reserved version
                                   "\xFF\xFD\x90\x40",     // layer II
                                   "\xFF\xFB\xF0\x40",     // reserved bit rate
                                   "\xFF\xFB\x9C\x40"}) {  // reserved sample rate
    EXPECT_EQ(type_of(header + std::string(50, 'a')), AudioType::kUnknown);
  }
}

TEST(AudioTypeTest, GivesEveryTypeItsOwnExtensionAndMediaType) {
  EXPECT_EQ(extension_of(AudioType::kMp3), ".mp3");
  EXPECT_EQ(extension_of(AudioType::kM4a), ".m4a");
  EXPECT_EQ(extension_of(AudioType::kUnknown), "");
  EXPECT_EQ(media_type_of(AudioType::kMp3), "audio/mpeg");
  EXPECT_EQ(media_type_of(AudioType::kM4a), "audio/mp4");
  EXPECT_EQ(media_type_of(AudioType::kUnknown), "application/octet-stream");
  std::set<std::string_view> extensions;
  std::set<std::string_view> media_types;
  for (const AudioType type : {AudioType::kUnknown, AudioType::kWav, AudioType::kFlac, AudioType::kOgg, AudioType::kMp3,
                               AudioType::kM4a, AudioType::kAac, AudioType::kAiff}) {
    extensions.insert(extension_of(type));
    media_types.insert(media_type_of(type));
  }
  EXPECT_EQ(extensions.size(), 8U);
  EXPECT_EQ(media_types.size(), 8U);
}

}  // namespace audio_type_test
}  // namespace hitscope::ingest
