#include "ingest/quarantine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace quarantine_test {

using tests::Bytes;
using tests::corpus_file;

constexpr int kRate = 8000;

/// A sine that no rule minds.
Recording sound(std::size_t n_samples = kRate) {
  Recording recording;
  recording.waveform.sample_rate = kRate;
  recording.type = AudioType::kWav;
  for (std::size_t i = 0; i < n_samples; ++i) {
    recording.waveform.samples.push_back(0.5F * std::sin(0.3F * static_cast<float>(i)));
  }
  return recording;
}

Recording flat(float value, std::size_t n_samples = kRate) {
  Recording recording = sound(0);
  recording.waveform.samples.assign(n_samples, value);
  return recording;
}

std::string kind(const Recording& recording, const QuarantineRules& rules = {}) {
  const auto failure = quarantine(recording, "song", rules);
  return failure ? kind_of(*failure) : "fine";
}

std::string detail(const Recording& recording, const QuarantineRules& rules = {}) {
  const auto failure = quarantine(recording, "song", rules);
  return failure ? failure->detail : "fine";
}

TEST(QuarantineTest, LetsSoundPass) {
  EXPECT_EQ(kind(sound()), "fine");
  for (const Format& format : kFormats) EXPECT_EQ(kind(decoded(format.make({}))), "fine") << format.name;
}

TEST(QuarantineTest, NamesTheFirstSampleThatIsNotFiniteWhereverItStands) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t n : {1U, 15U, 16U, 17U, 100U}) {
      for (std::size_t at = 0; at < n; ++at) {
        Recording recording = sound(n);
        recording.waveform.samples[at] = bad;
        recording.waveform.samples[n - 1] = bad;
        ASSERT_EQ(kind(recording), "not_finite") << at << " of " << n;
        ASSERT_EQ(detail(recording), "song: sample " + std::to_string(at) + " is not a finite number");
      }
    }
  }
}

TEST(QuarantineTest, NamesBothDurationsOfFewerSamplesThanPromised) {
  Recording recording = sound();
  recording.promised_samples = 2 * kRate;
  EXPECT_EQ(kind(recording), "truncated");
  EXPECT_EQ(detail(recording), "song: the header says 2 s, the file holds 1 s");
  EXPECT_EQ(kind(recording, {.keep_wrong_length = true}), "fine");
}

TEST(QuarantineTest, NamesBothDurationsOfMoreSamplesThanPromised) {
  Recording recording = sound();
  recording.promised_samples = kRate / 2;
  EXPECT_EQ(kind(recording), "too_long");
  EXPECT_EQ(detail(recording), "song: the header says 0.5 s, the file holds 1 s");
  EXPECT_EQ(kind(recording, {.keep_wrong_length = true}), "fine");
}

TEST(QuarantineTest, NoticesASingleMissingSampleWhereTheFormatCountsThem) {
  for (const AudioType type : {AudioType::kWav, AudioType::kFlac, AudioType::kAiff, AudioType::kOgg}) {
    Recording recording = sound();
    recording.type = type;
    recording.promised_samples = kRate + 1;
    EXPECT_EQ(kind(recording), "truncated") << extension_of(type);
    recording.promised_samples = kRate;
    EXPECT_EQ(kind(recording), "fine") << extension_of(type);
    recording.promised_samples = kRate - 1;
    EXPECT_EQ(kind(recording), "too_long") << extension_of(type);
  }
}

TEST(QuarantineTest, ToleratesTwoFramesWhereTheFormatCountsByFrames) {
  for (const auto& [type, tolerated] : {std::pair(AudioType::kMp3, 2304), {AudioType::kM4a, 4096}}) {
    Recording recording = sound();
    recording.type = type;
    for (const int sign : {1, -1}) {
      recording.promised_samples = kRate + sign * tolerated;
      EXPECT_EQ(kind(recording), "fine") << extension_of(type);
      recording.promised_samples = kRate + sign * (tolerated + 1);
      EXPECT_EQ(kind(recording), sign > 0 ? "truncated" : "too_long") << extension_of(type);
    }
  }
}

TEST(QuarantineTest, AsksNoLengthOfWhatMaxDurationCut) {
  Recording recording = sound();
  recording.promised_samples = 100 * kRate;
  recording.cut_off = true;
  recording.cut = true;
  EXPECT_EQ(kind(recording), "fine");
}

TEST(QuarantineTest, SetsAsideAStreamWithoutItsEndMark) {
  Recording recording = sound();
  recording.cut_off = true;
  EXPECT_EQ(kind(recording), "truncated");
  EXPECT_EQ(detail(recording), "song: the stream breaks off, without an end mark, after 1 s");
  EXPECT_EQ(kind(recording, {.keep_wrong_length = true}), "fine");
}

TEST(QuarantineTest, NoticesFilesCutInHalf) {
  const Sine sine{.amplitudes = {0.5, 0.5}, .n_frames = 30 * 44100};  // a page of OGG may hold seconds
  for (const Format& format : kFormats) {
    const Bytes whole = format.make(sine);
    const Recording half = decoded(first_part(whole, whole.size() / 2));
    EXPECT_EQ(kind(half), "truncated") << format.name;
    EXPECT_EQ(kind(half, {.keep_wrong_length = true}), "fine") << format.name;
  }
  const Bytes m4a = corpus_file("m4a_aac_stereo.m4a");  // its index stands before the sound
  const Recording half = decoded(first_part(m4a, m4a.size() * 3 / 4));
  EXPECT_EQ(kind(half), "truncated");
  EXPECT_EQ(kind(half, {.keep_wrong_length = true}), "fine");
}

TEST(QuarantineTest, NoticesWavsOfEveryCodingCutInHalf) {
  for (const char* name : {"wav_8.wav", "wav_24.wav", "wav_float.wav", "wav_double.wav", "wav_extensible.wav",
                           "wav_6_channels.wav", "wav_odd_chunk_before.wav", "wav_rf64.wav", "wav_mulaw.wav",
                           "wav_alaw.wav", "wav_adpcm_ms.wav", "wav_adpcm_ima_wav.wav"}) {
    const Bytes whole = corpus_file(name);
    const Recording half = decoded(first_part(whole, whole.size() * 6 / 10), {.max_channels = 6});
    EXPECT_EQ(kind(half), "truncated") << name;
    EXPECT_EQ(kind(half, {.min_duration_s = 0.0, .keep_wrong_length = true}), "fine") << name;
  }
}

TEST(QuarantineTest, MinDurationIsInclusive) {
  EXPECT_EQ(kind(sound(400)), "fine");
  EXPECT_EQ(kind(sound(399)), "too_short");
  EXPECT_EQ(detail(sound(80)), "song: 80 samples (0.01 s); at least 0.05 s are needed");
  EXPECT_EQ(kind(sound(1), {.min_duration_s = 0.0, .keep_silent = true}), "fine");
  EXPECT_EQ(kind(sound(kRate), {.min_duration_s = 1.01}), "too_short");
}

TEST(QuarantineTest, NamesThePeakAndTheRuleOfSilence) {
  EXPECT_EQ(kind(flat(0.0F)), "silent");
  EXPECT_EQ(detail(flat(0.0F)), "song: its peak is -240.0 dB of full scale; below -60.0 dB a clip counts as silent");
  EXPECT_EQ(kind(flat(0.0F), {.keep_silent = true}), "fine") << "zeros are silence, not a constant";
  Recording one_click = flat(0.0F);
  one_click.waveform.samples[4321] = -0.002F;
  EXPECT_EQ(kind(one_click), "fine") << "-54 dB";
  one_click.waveform.samples[4321] = -0.0009F;
  EXPECT_EQ(kind(one_click), "silent") << "-61 dB";
  EXPECT_EQ(kind(one_click, {.silence_db = -70.0}), "fine");
  EXPECT_EQ(kind(sound(), {.silence_db = -3.0}), "silent") << "its peak is at -6 dB";
}

TEST(QuarantineTest, JudgesTheMeanOverChannels) {
  EXPECT_EQ(kind(decoded(tests::wav_float32({.amplitudes = {0.5, -0.5}}))), "silent");
  EXPECT_EQ(kind(decoded(tests::wav_float32({.amplitudes = {0.5, 0.0}}))), "fine");
}

TEST(QuarantineTest, NamesTheValueOfASignalThatNeverMoves) {
  EXPECT_EQ(kind(flat(0.25F)), "constant");
  EXPECT_EQ(detail(flat(-0.25F)), "song: every sample has the value -0.2500");
  EXPECT_EQ(kind(flat(0.25F), {.keep_constant = true}), "fine");
  EXPECT_EQ(kind(flat(0.25F), {.keep_silent = true}), "constant");
  Recording moves = flat(0.25F);
  moves.waveform.samples[17] = 0.2502F;
  EXPECT_EQ(kind(moves), "constant") << "within a thousandth";
  moves.waveform.samples[17] = 0.2504F;
  EXPECT_EQ(kind(moves), "fine");
  EXPECT_EQ(kind(decoded(tests::wav_float32({.amplitudes = {5e-5}})), {.silence_db = -100.0}), "fine") << "only quiet";
}

TEST(QuarantineTest, NamesTheShareOfClippedSamplesAndTheRule) {
  Recording recording = sound(1000);
  for (std::size_t i = 0; i < 50; ++i) recording.waveform.samples[20 * i] = i % 2 == 0 ? 1.0F : -0.9995F;
  EXPECT_EQ(kind(recording), "fine") << "5.0 % are allowed";
  recording.waveform.samples[1] = -0.9995F;
  EXPECT_EQ(kind(recording), "clipped");
  EXPECT_EQ(detail(recording),
            "song: 5.1 % of its samples are at its extremes (its peak is 1.0000); at most 5.0 % are allowed");
  EXPECT_EQ(kind(recording, {.max_clipped_share = 0.06}), "fine");
  EXPECT_EQ(kind(recording, {.keep_clipped = true}), "fine");
}

TEST(QuarantineTest, ClippingIsManySamplesAtOneExtremeNotValuesOverFullScale) {
  Recording loud = sound(8000);
  for (float& sample : loud.waveform.samples) sample *= 4.0F;
  EXPECT_EQ(kind(loud), "fine") << "a sine with a peak of 2";
  for (float& sample : loud.waveform.samples) sample = std::clamp(sample, -1.5F, 1.5F);
  EXPECT_EQ(kind(loud), "clipped") << "flat tops at 1.5";
  for (float& sample : loud.waveform.samples) sample *= 0.5F;
  EXPECT_EQ(kind(loud), "fine") << "flat tops far below full scale are sound: a square wave has them";
}

TEST(QuarantineTest, SaysWhereTheChannelsCancel) {
  const Bytes opposite = tests::wav_float32({.amplitudes = {0.5, -0.5}});
  const auto failure = quarantine(decoded(opposite), "song", {});
  ASSERT_TRUE(failure);
  const Failure said = cancelled(*failure, opposite, "song", {});
  EXPECT_NE(said.detail.find("its channels cancel: the first alone has a peak of -6.0 dB"), std::string::npos)
      << said.detail;
  const Bytes silent = tests::wav_float32({.amplitudes = {0.0, 0.0}});
  EXPECT_EQ(cancelled(*failure, silent, "song", {}).detail, failure->detail);
}

TEST(QuarantineTest, CountsClippedSamplesExactlyForEveryLength) {
  for (std::size_t n = 400; n < 440; ++n) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{7}, n - 1}) {
      Recording recording = sound(n);
      recording.waveform.samples[at] = 1.0F;
      const double one = 1.0 / static_cast<double>(n);
      EXPECT_EQ(kind(recording, {.max_clipped_share = one * 1.001}), "fine") << at << " of " << n;
      EXPECT_EQ(kind(recording, {.max_clipped_share = one * 0.999}), "clipped") << at << " of " << n;
    }
  }
}

TEST(QuarantineTest, NamesTheGravestFaultOfSeveral) {
  Recording recording = flat(std::numeric_limits<float>::quiet_NaN(), 3);
  recording.promised_samples = 100;
  EXPECT_EQ(kind(recording), "not_finite");
  recording = flat(0.0F, 3);
  recording.promised_samples = 100;
  EXPECT_EQ(kind(recording), "truncated");
  recording.promised_samples.reset();
  EXPECT_EQ(kind(recording), "too_short");
  EXPECT_EQ(kind(sound(0)), "empty");
}

TEST(QuarantineRulesTest, RefusesValuesByFieldValueAndRule) {
  const auto refusal = [](const QuarantineRules& rules) -> std::string {
    try {
      rules.validate();
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal({}), "accepted");
  EXPECT_EQ(refusal({.min_duration_s = 0.0, .silence_db = 0.0, .max_clipped_share = 1.0}), "accepted");
  EXPECT_EQ(refusal({.min_duration_s = -1.0}), "min_duration is -1; it must be from 0 to 86400");
  EXPECT_EQ(refusal({.silence_db = 1.0}), "silence_db is 1; it must be from -200 to 0");
  EXPECT_EQ(refusal({.max_clipped_share = 1.5}), "max_clipped is 1.5; it must be from 0 to 1");
  const double nan = std::nan("");
  for (const QuarantineRules& rules : {QuarantineRules{.min_duration_s = nan}, QuarantineRules{.silence_db = nan},
                                       QuarantineRules{.max_clipped_share = nan}}) {
    EXPECT_NE(refusal(rules), "accepted");
  }
}

}  // namespace quarantine_test
}  // namespace hitscope::ingest
