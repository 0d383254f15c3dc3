#include "dsp/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <stdexcept>
#include <utility>

namespace hitscope::dsp {
namespace resample_test {

Waveform sine(double hz, int sample_rate, std::size_t n_samples) {
  Waveform wave{std::vector<float>(n_samples), sample_rate};
  for (std::size_t i = 0; i < n_samples; ++i) {
    wave.samples[i] = static_cast<float>(std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / sample_rate));
  }
  return wave;
}

Waveform resample(const Waveform& wave, int sample_rate, Quality quality = Quality::kExact) {
  return Resampler(sample_rate, quality)(wave);
}

TEST(ResamplerTest, KeepsASineInPlaceAndAtLevel) {
  for (const Quality quality : {Quality::kExact, Quality::kFast}) {
    for (const int from : {8000, 44100, 48000, 96000}) {
      const Waveform got = resample(sine(440.0, from, from), 22050, quality);
      const Waveform want = sine(440.0, 22050, 22050);
      ASSERT_EQ(got.sample_rate, 22050);
      ASSERT_EQ(got.samples.size(), want.samples.size()) << from;
      for (std::size_t i = 1000; i < 21000; ++i) ASSERT_NEAR(got.samples[i], want.samples[i], 1e-4) << from << ' ' << i;
    }
  }
}

TEST(ResamplerTest, RemovesWhatTheNewRateCannotHold) {
  for (const Quality quality : {Quality::kExact, Quality::kFast}) {
    const Waveform got = resample(sine(15000.0, 44100, 44100), 22050, quality);
    for (std::size_t i = 1000; i < 21000; ++i) ASSERT_NEAR(got.samples[i], 0.0, 1e-4) << i;
  }
}

TEST(ResamplerTest, LengthIsRoundedUp) {
  EXPECT_EQ(resample(sine(10.0, 44100, 44101), 22050).samples.size(), 22051U);
  EXPECT_EQ(resample(sine(10.0, 8000, 3), 22050).samples.size(), 9U);
  EXPECT_EQ(resample(sine(10.0, 44100, 1), 22050).samples.size(), 1U);
  EXPECT_EQ(resample(Waveform{{}, 8000}, 22050).samples.size(), 0U);
}

TEST(ResamplerTest, EveryWaveformStartsAfresh) {
  const Waveform one = sine(440.0, 44100, 50000);  // more than the 16,384 samples of a piece
  const Waveform other = sine(1000.0, 48000, 30011);
  for (const Quality quality : {Quality::kExact, Quality::kFast}) {
    Resampler resampler(22050, quality);
    for (const Waveform& wave : {one, other, other, one}) {
      EXPECT_EQ(resampler(wave).samples, resample(wave, 22050, quality).samples);
    }
  }
}

TEST(ResamplerTest, BlocksOfAnySizeGiveTheSamplesOfTheWholeSignalBitForBit) {
  for (const Quality quality : {Quality::kExact, Quality::kFast}) {
    for (const int from : {1000, 8000, 11025, 22050, 44100, 48000, 96000, 192000}) {
      Resampler blocks(22050, quality);
      for (const std::size_t n : {1U, 1000U, 16384U, 100'003U}) {
        const Waveform wave = sine(440.0, from, n);
        const Waveform whole = resample(wave, 22050, quality);
        for (const std::size_t block : {std::size_t{7}, std::size_t{1152}, std::size_t{16384}, std::size_t{50'001}}) {
          std::vector<float> got;
          blocks.start(from);
          for (std::size_t at = 0; at < n; at += block) {
            blocks.add(std::span(wave.samples).subspan(at, std::min(block, n - at)), got);
          }
          blocks.finish(got);
          ASSERT_EQ(got, whole.samples) << from << " Hz, " << n << " samples in blocks of " << block;
        }
      }
    }
  }
}

TEST(ResamplerTest, ASignalThatWasNotFinishedIsForgotten) {
  const Waveform wave = sine(440.0, 44100, 50000);
  Resampler resampler(22050, Quality::kExact);
  std::vector<float> got;
  resampler.start(44100);
  resampler.add(std::span(wave.samples).first(20000), got);
  EXPECT_EQ(resampler(wave).samples, resample(wave, 22050).samples);
  resampler.start(48000);
  resampler.add(wave.samples, got);
  EXPECT_EQ(resampler(wave).samples, resample(wave, 22050).samples);
}

TEST(ResamplerTest, TheSameRateMovesTheWaveformThrough) {
  Waveform wave = sine(440.0, 22050, 1000);
  const std::vector<float> samples = wave.samples;
  const float* const memory = wave.samples.data();
  const Waveform got = Resampler(22050, Quality::kExact)(std::move(wave));
  EXPECT_EQ(got.samples, samples);
  EXPECT_EQ(got.samples.data(), memory);
}

TEST(ResamplerTest, RefusesARateBelowOneHertz) {
  EXPECT_THROW(Resampler(0, Quality::kExact), std::invalid_argument);
  EXPECT_THROW(resample(Waveform{{0.0F}, 0}, 22050), std::invalid_argument);
}

TEST(ResamplerTest, HasANameForEachRecipe) {
  EXPECT_EQ(resampler_name(Quality::kExact), "soxr_hq");
  EXPECT_EQ(resampler_name(Quality::kFast), "soxr_mq");
}

}  // namespace resample_test
}  // namespace hitscope::dsp
