#include "ingest/decode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace decode_test {

using tests::corpus_file;
using tests::put_u32;

constexpr std::size_t kEncoderDelay = 1105;  // of LAME and the decoder's filter bank, in samples

double rms(const dsp::Waveform& waveform, std::size_t begin, std::size_t end) {
  double sum = 0.0;
  for (std::size_t i = begin; i < end; ++i) sum += std::pow(waveform.samples.at(i), 2);
  return std::sqrt(sum / static_cast<double>(end - begin));
}

TEST(DecodeTest, GivesRateLengthAndSamplesOfEveryFormat) {
  const Sine sine{.amplitudes = {0.5}, .n_frames = 33333};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Recording recording = decoded(format.make(sine));
    EXPECT_EQ(recording.type, format.type);
    EXPECT_EQ(recording.n_channels, 1);
    EXPECT_EQ(recording.file_sample_rate, 44100);
    EXPECT_EQ(recording.promised_samples.value_or(-1), 33333);
    EXPECT_FALSE(recording.cut);
    EXPECT_FALSE(recording.cut_off);
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

TEST(DecodeTest, GivesTheSamplesOfOpusWithoutItsPreSkip) {
  const Sine sine{.amplitudes = {0.6, 0.2}, .sample_rate = 48000, .n_frames = 30000};
  const Recording recording = decoded(tests::ogg_opus(sine));
  EXPECT_EQ(recording.type, AudioType::kOgg);
  EXPECT_EQ(recording.n_channels, 2);
  expect_sine(recording.waveform, sine, 0.05, 2000);
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

TEST(DecodeTest, RemovesThePrimingThatAnEditListNames) {
  const auto wav = decoded(corpus_file("mp3_cbr.mp3")).waveform.samples;  // the same sound, its delay removed
  const auto m4a = decoded(corpus_file("m4a_aac.m4a")).waveform.samples;
  ASSERT_GE(m4a.size(), 7000U);
  double error = 0.0;
  for (std::size_t i = 2000; i < 7000; ++i) error = std::max(error, std::abs(static_cast<double>(wav[i]) - m4a[i]));
  EXPECT_LT(error, 0.2) << "a delay of one AAC frame would put the sines out of step";
}

TEST(DecodeTest, TheSameAacFramesGiveTheSameSoundInBothContainers) {
  const auto adts = decoded(corpus_file("aac_adts.aac")).waveform.samples;
  const auto m4a = decoded(corpus_file("m4a_aac_no_edit_list.m4a")).waveform.samples;
  ASSERT_LE(m4a.size(), adts.size());
  EXPECT_TRUE(std::equal(m4a.begin(), m4a.end(), adts.begin()));
}

TEST(DecodeTest, NamesAFileWithoutBytes) {
  const Failure failure = failure_of({});
  EXPECT_EQ(kind_of(failure), "empty");
  EXPECT_EQ(failure.detail, "clips/song.mp3: the file has no bytes");
}

TEST(DecodeTest, NamesAFileWithoutSamples) {
  const Bytes header_alone = first_part(tests::wav_int16({.n_frames = 44100}), 44);
  for (const Bytes& file : {tests::wav_int16({.n_frames = 0}), header_alone}) {
    const Failure failure = failure_of(file);
    EXPECT_EQ(kind_of(failure), "empty") << file.size();
    expect_part(failure, "it holds no samples");
  }
}

TEST(DecodeTest, GoesByTheFirstBytesAndNotByTheName) {
  const Failure failure = failure_of(bytes_of("Sorry, this preview is not available in your country."));
  EXPECT_EQ(kind_of(failure), "not_audio");
  expect_part(failure, "its first bytes are those of no known audio format");
  const auto recording = decode(tests::wav_int16({}), "clips/song.mp3", {});
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->type, AudioType::kWav);
}

TEST(DecodeTest, NamesAHeaderThatBreaksOffAsUndecodable) {
  for (const auto& [file, size] : {std::pair(tests::wav_int16({}), 20U),
                                   {tests::flac({}), 30U},
                                   {tests::ogg_vorbis({}), 40U},
                                   {corpus_file("m4a_aac.m4a"), 600U}}) {
    const Failure failure = failure_of(first_part(file, size));
    EXPECT_EQ(kind_of(failure), "undecodable") << failure.detail;
    EXPECT_GT(failure.detail.size(), std::string("clips/song.mp3: ").size());
  }
}

TEST(DecodeTest, DoesNotJudgeWhatItDecoded) {
  EXPECT_TRUE(std::isnan(decoded(tests::wav_of_nan(100)).waveform.samples[0]));
  EXPECT_EQ(decoded(tests::wav_int16({.n_frames = 1})).waveform.samples.size(), 1U);
  const Bytes whole = tests::wav_int16({.amplitudes = {0.5, 0.5}, .n_frames = 44100});
  const Recording half = decoded(first_part(whole, whole.size() - 22050 * 4));
  EXPECT_EQ(half.waveform.samples.size(), 22050U);
  EXPECT_EQ(half.promised_samples.value_or(-1), 44100);
}

TEST(DecodeTest, AStreamedWavPromisesNothingButWhatItHolds) {
  for (const std::uint32_t length : {0xFFFFFFFFU, 0xFFFFFF00U}) {
    Bytes file = tests::wav_int16({.n_frames = 10000});
    ASSERT_EQ(tests::string_of(std::span(file).subspan(36, 4)), "data");
    put_u32(file, 40, length);
    const Recording recording = decoded(file);
    EXPECT_EQ(recording.waveform.samples.size(), 10000U) << length;
    EXPECT_EQ(recording.promised_samples.value_or(10000), 10000) << length;
  }
}

TEST(DecodeTest, SeesThatAnOggHasNoEndMark) {
  for (const Bytes& whole :
       {tests::ogg_vorbis({.n_frames = 30 * 44100}), tests::ogg_opus({.sample_rate = 48000, .n_frames = 30 * 48000})}) {
    EXPECT_FALSE(decoded(whole).cut_off);
    const Recording half = decoded(first_part(whole, whole.size() / 2));
    EXPECT_TRUE(half.cut_off);
    EXPECT_GT(half.waveform.samples.size(), 44100U / 2);
  }
}

TEST(DecodeTest, NamesTheFileAndTheRuleForEightChannels) {
  const Sine sine{.amplitudes = {0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1}, .n_frames = 10000};
  const Bytes file = tests::wav_float32(sine);
  const Failure failure = failure_of(file);
  EXPECT_EQ(kind_of(failure), "too_many_channels");
  EXPECT_EQ(failure.detail, "clips/song.mp3: it has 8 channels; at most 2 are allowed");
  const Recording recording = decoded(file, {.max_channels = 8});
  EXPECT_EQ(recording.n_channels, 8);
  expect_sine(recording.waveform, sine, 1e-6);
}

TEST(DecodeTest, RefusesStereoWhereOnlyMonoIsAllowed) {
  const Sine stereo{.amplitudes = {0.5, 0.5}};
  std::vector<Bytes> files{corpus_file("m4a_aac_stereo.m4a"), corpus_file("aac_adts_stereo.aac")};
  for (const Format& format : kFormats) files.push_back(format.make(stereo));
  for (const Bytes& file : files) {
    const Failure failure = failure_of(file, {.max_channels = 1});
    EXPECT_EQ(kind_of(failure), "too_many_channels");
    expect_part(failure, "2 channels; at most 1 ");
  }
}

TEST(DecodeTest, StopsAtMaxDuration) {
  const Sine sine{.amplitudes = {0.5, 0.5}, .n_frames = 3 * 44100};
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const Bytes file = format.make(sine);
    const Recording cut = decoded(file, {.max_duration_s = 1.5});
    EXPECT_TRUE(cut.cut);
    ASSERT_EQ(cut.waveform.samples.size(), 66150U);
    EXPECT_NEAR(cut.waveform.samples[50'000], sine.mean_at(50'000), format.tolerance);
    const Recording whole = decoded(file, {.max_duration_s = 3.5});
    EXPECT_FALSE(whole.cut);
    EXPECT_EQ(whole.waveform.samples.size(), 3U * 44100U);
  }
  for (const char* name : {"m4a_aac.m4a", "m4a_alac.m4a", "aac_adts.aac", "ogg_opus_48000_1.opus"}) {
    const Recording cut = decoded(corpus_file(name), {.max_duration_s = 0.1});
    EXPECT_TRUE(cut.cut) << name;
    EXPECT_EQ(cut.waveform.samples.size(), static_cast<std::size_t>(cut.waveform.sample_rate / 10)) << name;
  }
}

TEST(DecodeTest, RefusesAnAbsurdSampleRate) {
  for (const std::uint32_t rate : {1U, 999U, 768'001U, 0x7FFFFFFFU}) {
    Bytes file = tests::wav_int16({.n_frames = 10000});
    ASSERT_EQ(tests::string_of(std::span(file).subspan(12, 4)), "fmt ");
    put_u32(file, 24, rate);
    const Failure failure = failure_of(file);
    EXPECT_EQ(kind_of(failure), "undecodable");
    expect_part(failure, "its sample rate is " + std::to_string(rate) + " Hz; it must be 1000 to 768000 Hz");
  }
}

TEST(DecodeTest, SkipsTagsBeforeEveryFormatThatMayCarryThem) {
  const std::size_t mp3_begin = tests::first_mpeg_frame(tests::mp3({}));
  const Bytes mp3 = tests::mp3({});
  const Bytes tag = tests::id3v2_tag(5000, std::byte{0xFF});
  const Bytes frames(mp3.begin() + static_cast<std::ptrdiff_t>(mp3_begin), mp3.end());
  for (const Bytes& file : {frames, tests::flac({}), corpus_file("aac_adts.aac")}) {
    const auto want = decoded(file).waveform.samples;
    EXPECT_EQ(decoded(joined(tag, file)).waveform.samples, want);
    EXPECT_EQ(decoded(joined(tests::id3v2_tag(0), joined(tag, file))).waveform.samples, want) << "two tags";
  }
}

TEST(DecodeTest, NamesTagsWithoutMusicAsUndecodable) {
  const Failure failure = failure_of(tests::id3v2_tag(16));
  EXPECT_EQ(kind_of(failure), "undecodable");
  EXPECT_GT(failure.detail.size(), std::string("clips/song.mp3: ").size());
}

TEST(DecodeOptionsTest, RefusesValuesByFieldValueAndRule) {
  const auto refusal = [](const DecodeOptions& options) -> std::string {
    try {
      options.validate();
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal({}), "accepted");
  EXPECT_EQ(refusal({.max_channels = 0}), "max_channels is 0; it must be from 1 to 64");
  EXPECT_EQ(refusal({.max_channels = 65}), "max_channels is 65; it must be from 1 to 64");
  EXPECT_EQ(refusal({.half_rate = -1}), "half_rate is -1; it must be at least 0");
  for (const double wrong : {0.0, -1.0, 86401.0, std::nan("")}) {
    EXPECT_TRUE(refusal({.max_duration_s = wrong}).starts_with("max_duration is ")) << wrong;
  }
}

}  // namespace decode_test
}  // namespace hitscope::ingest
