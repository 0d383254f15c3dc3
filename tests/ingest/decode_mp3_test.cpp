// MP3 files as the world has them: tags, garbage, broken ends.
#include <gtest/gtest.h>

#include "ingest/quarantine.h"
#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace decode_mp3_test {

TEST(DecodeMp3Test, IgnoresTagsAndPaddingAfterTheLastFrame) {
  const Bytes ape = bytes_of(std::string("APETAGEX\xD0\x07\x00\x00", 12) + std::string(52, 'a'));
  for (const Bytes& tail : {bytes_of("TAG" + std::string(125, ' ')), ape, Bytes(1), Bytes(5000), Bytes(100'000),
                            bytes_of(std::string(5000, 'x')), Bytes(200, std::byte{0xFF})}) {
    EXPECT_EQ(decoded(joined(tests::mp3({}), tail)).waveform.samples.size(), 44100U) << tail.size();
  }
}

TEST(DecodeMp3Test, IgnoresNoiseAfterTheLastFrame) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const dsp::Waveform waveform = decoded(joined(tests::mp3({}), tests::noise(20'000, random))).waveform;
    EXPECT_GE(waveform.samples.size(), 44100U);
    EXPECT_LE(waveform.samples.size(), 44100U + 60 * kMp3Frame) << "noise holds few frames by chance";
  }
}

TEST(DecodeMp3Test, DecodesWhatStandsAroundGarbageInTheMiddle) {
  const Bytes whole = tests::mp3({.n_frames = 4 * 44100});
  Bytes file = first_part(whole, whole.size() / 2);
  file.insert(file.end(), 3000, std::byte{'x'});
  file.insert(file.end(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2), whole.end());
  const dsp::Waveform waveform = decoded(file).waveform;
  EXPECT_NEAR(static_cast<double>(waveform.samples.size()), 4.0 * 44100, 3.0 * kMp3Frame);
}

TEST(DecodeMp3Test, DecodesAllOfAFileBehindGarbage) {
  const Bytes mp3 = tests::mp3({.n_frames = 4 * 44100});
  for (const Bytes& garbage : {bytes_of("HTTP/1.1 200 OK\r\n\r\n"), Bytes(1), Bytes(1000), Bytes(60'000)}) {
    const Recording recording = decoded(joined(garbage, mp3));
    EXPECT_EQ(recording.type, AudioType::kMp3);
    EXPECT_NEAR(static_cast<double>(recording.waveform.samples.size()), 4.0 * 44100, 2.0 * kMp3Frame)
        << garbage.size() << " bytes before it";
  }
}

TEST(DecodeMp3Test, DecodesTheWholeFramesOfAFileThatBreaksOffWithoutAnInfoHeader) {
  const Bytes whole = tests::strip_info_header(tests::mp3({.n_frames = 4 * 44100}));
  for (const std::size_t missing : {1U, 20U, 60U, 100U, 150U, 200U}) {
    SCOPED_TRACE(std::to_string(missing) + " bytes missing");
    const Recording recording = decoded(first_part(whole, whole.size() - missing));
    EXPECT_NEAR(static_cast<double>(recording.waveform.samples.size()), 4.0 * 44100, 2.0 * kMp3Frame);
    EXPECT_FALSE(quarantine(recording, "song", {})) << "nothing says that it is cut";
  }
}

TEST(DecodeMp3Test, KnowsWhatAnInfoHeaderPromisesOfAFileCutAnywhere) {
  const Bytes whole = tests::mp3({.n_frames = 4 * 44100});
  // Frames have 208 or 209 bytes here: these cuts fall between two frames and into one at several places.
  for (const std::size_t beyond : {0U, 1U, 20U, 60U, 100U, 150U, 200U}) {
    SCOPED_TRACE(std::to_string(beyond) + " bytes beyond the half");
    const Recording recording = decoded(first_part(whole, whole.size() / 2 + beyond));
    EXPECT_NEAR(static_cast<double>(recording.promised_samples.value_or(0)), 4.0 * 44100, 2.0 * kMp3Frame);
    EXPECT_NEAR(recording.waveform.duration_s(), 2.0, 0.1);
    const auto failure = quarantine(recording, "song", {});
    ASSERT_TRUE(failure);
    EXPECT_EQ(kind_of(*failure), "truncated");
    expect_part(*failure, "the header says 4 s, the file holds ");
  }
}

}  // namespace decode_mp3_test
}  // namespace hitscope::ingest
