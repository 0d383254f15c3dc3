// FeatureExtractor's own promises. Whether its numbers are right: dsp/conformance_test.cpp.
#include "dsp/feature_extractor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::dsp {
namespace feature_extractor_test {

std::vector<float> noise(std::size_t n_samples) {
  std::minstd_rand random(7);
  std::uniform_real_distribution<float> amplitude(-0.5F, 0.5F);
  std::vector<float> samples(n_samples);
  for (float& sample : samples) sample = amplitude(random);
  return samples;
}

/// Power without decibels: top_db would make each value depend on the clip's maximum.
FrontEndConfig power_of(Feature feature, Quality quality = Quality::kExact) {
  FrontEndConfig config;
  config.feature = feature;
  config.quality = quality;
  config.n_fft = 401;
  config.win_length = 400;
  config.hop_length = 160;
  config.n_mels = 40;
  config.scale = Scale::kPower;
  return config;
}

/// All comparisons below are exact: the same operations on the same numbers.
void expect_column(const Spectrogram& whole, int frame, const Spectrogram& one) {
  ASSERT_EQ(one.n_bins, whole.n_bins);
  ASSERT_EQ(one.n_frames, 1);
  for (int i = 0; i < whole.n_bins; ++i) ASSERT_EQ(whole.at(i, frame), one.at(i, 0)) << "bin " << i;
}

TEST(FeatureExtractorTest, AFrameIsTheSameWhereverItsBlockOfSixteenStarts) {
  const std::vector<float> signal = noise(401 + 160 * 49);
  for (const Feature feature : {Feature::kMel, Feature::kSpectrogram}) {
    for (const Quality quality : {Quality::kExact, Quality::kFast}) {
      FrontEndConfig config = power_of(feature, quality);
      config.center = false;
      FeatureExtractor extractor(config);
      const Spectrogram whole = extractor.compute(signal);
      ASSERT_EQ(whole.n_frames, 50);
      for (int t = 0; t < whole.n_frames; ++t) {
        SCOPED_TRACE("frame " + std::to_string(t));
        const auto frame = std::span(signal).subspan(static_cast<std::size_t>(t) * 160, 401);
        expect_column(whole, t, extractor.compute(frame));
      }
    }
  }
}

TEST(FeatureExtractorTest, ABlockMayStartAtAnyFrameOfACentredSignal) {
  const std::vector<float> signal = noise(8000);
  FrontEndConfig config = power_of(Feature::kSpectrogram);
  config.pad_mode = PadMode::kReflect;
  const Spectrogram whole = FeatureExtractor(config).compute(signal);
  Stft stft(config);
  std::vector<float> bins(static_cast<std::size_t>(config.n_freqs()) * kFrameBlock);
  for (const int n : {1, 5, kFrameBlock}) {
    for (int first = 0; first + n <= whole.n_frames; ++first) {
      stft.block_power(signal, first, n, bins);
      for (int k = 0; k < config.n_freqs(); ++k) {
        for (int f = 0; f < n; ++f) ASSERT_EQ(bins[k * kFrameBlock + f], whole.at(k, first + f)) << k << ' ' << first;
      }
    }
  }
}

TEST(FeatureExtractorTest, AUsedSpectrogramIsFilledLikeAFreshOne) {
  for (const Feature feature : {Feature::kMel, Feature::kSpectrogram, Feature::kMfcc}) {
    FrontEndConfig config = power_of(feature);
    config.scale = Scale::kDecibel;
    config.n_mfcc = 13;
    FeatureExtractor extractor(config);
    Spectrogram used;
    for (const std::size_t n_samples : {9000U, 500U, 4001U}) {  // shorter and longer than what is there
      const std::vector<float> signal = noise(n_samples);
      extractor.compute(signal, used);
      const Spectrogram fresh = FeatureExtractor(config).compute(signal);
      EXPECT_EQ(used.values, fresh.values);
      EXPECT_EQ(used.n_bins, fresh.n_bins);
      EXPECT_EQ(used.n_frames, fresh.n_frames);
      EXPECT_EQ(used.scale, fresh.scale);
      EXPECT_EQ(used.values.size(), static_cast<std::size_t>(config.n_bins()) * config.n_frames(n_samples));
    }
  }
}

TEST(FeatureExtractorTest, SilenceIsTheFloorEverywhere) {
  FeatureExtractor extractor{FrontEndConfig{}};
  const Spectrogram got = extractor.compute(std::vector<float>(22050, 0.0F));
  EXPECT_EQ(got.n_bins, 128);
  EXPECT_EQ(got.n_frames, 44);
  EXPECT_EQ(got.scale, Scale::kDecibel);
  for (const float value : got.values) ASSERT_FLOAT_EQ(value, -100.0F);
}

TEST(FeatureExtractorTest, TheCepstrumOfSilenceIsItsLevelAlone) {
  FrontEndConfig config;
  config.feature = Feature::kMfcc;
  const Spectrogram got = FeatureExtractor(config).compute(std::vector<float>(22050, 0.0F));
  EXPECT_EQ(got.n_bins, 20);
  EXPECT_EQ(got.scale, Scale::kCepstrum);
  for (int k = 0; k < got.n_bins; ++k) {
    // The orthonormal DCT-II of 128 times -100: -100 sqrt(128), then nothing.
    for (int t = 0; t < got.n_frames; ++t) ASSERT_NEAR(got.at(k, t), k == 0 ? -100.0 * std::sqrt(128.0) : 0.0, 1e-3);
  }
}

TEST(FeatureExtractorTest, RefusesASignalWithoutAFrame) {
  FeatureExtractor extractor{FrontEndConfig{}};
  EXPECT_THROW(extractor.compute({}), std::invalid_argument);
  FrontEndConfig config;
  config.center = false;
  EXPECT_THROW(FeatureExtractor(config).compute(std::vector<float>(2047)), std::invalid_argument);
}

TEST(FeatureExtractorTest, ReflectPaddingNeedsMoreThanHalfATransform) {
  FrontEndConfig config;
  config.pad_mode = PadMode::kReflect;
  EXPECT_THROW(FeatureExtractor(config).compute(std::vector<float>(1024)), std::invalid_argument);
  EXPECT_EQ(FeatureExtractor(config).compute(std::vector<float>(1025)).n_frames, 3);
}

TEST(FeatureExtractorTest, RefusesAConfigThatDoesNotValidate) {
  FrontEndConfig config;
  config.hop_length = 0;
  EXPECT_THROW(FeatureExtractor{config}, std::invalid_argument);
  EXPECT_THROW(Stft{config}, std::invalid_argument);
  EXPECT_THROW(MelFilterbank{config}, std::invalid_argument);
}

TEST(StftTest, RefusesFramesThatTheSignalDoesNotHave) {
  const FrontEndConfig config = power_of(Feature::kSpectrogram);
  Stft stft(config);
  const std::vector<float> signal = noise(1600);  // 10 frames: an odd n_fft is padded by n_fft - 1
  std::vector<float> bins(static_cast<std::size_t>(config.n_freqs()) * kFrameBlock);
  EXPECT_NO_THROW(stft.block_power(signal, 9, 1, bins));
  EXPECT_THROW(stft.block_power(signal, 10, 1, bins), std::out_of_range);
  EXPECT_THROW(stft.block_power(signal, 5, 6, bins), std::out_of_range);
  EXPECT_THROW(stft.block_power(signal, -1, 1, bins), std::out_of_range);
  EXPECT_THROW(stft.block_power(signal, 0, 0, bins), std::out_of_range);
  bins.pop_back();
  EXPECT_THROW(stft.block_power(signal, 0, 1, bins), std::invalid_argument);
}

TEST(MelFilterbankTest, RefusesBlocksOfAnotherHeight) {
  const MelFilterbank filterbank{FrontEndConfig{}};
  std::vector<float> bins(std::size_t{1025} * kFrameBlock);
  std::vector<float> mel(std::size_t{128} * kFrameBlock);
  EXPECT_NO_THROW(filterbank.apply(bins, mel));
  EXPECT_THROW(filterbank.apply(std::span(bins).first(std::size_t{1024} * kFrameBlock), mel), std::invalid_argument);
  EXPECT_THROW(filterbank.apply(bins, std::span(mel).first(std::size_t{127} * kFrameBlock)), std::invalid_argument);
}

TEST(MelFilterbankTest, CountsTheBandsThatNoBinReaches) {
  EXPECT_EQ(MelFilterbank(FrontEndConfig{}).n_empty(), 0);
  FrontEndConfig narrow;
  narrow.n_fft = narrow.win_length = 400;
  const MelFilterbank filterbank(narrow);
  const std::vector<float> dense = filterbank.dense();
  int n_zero_rows = 0;
  for (int m = 0; m < narrow.n_mels; ++m) {
    const auto row = std::span(dense).subspan(static_cast<std::size_t>(m) * 201, 201);
    n_zero_rows += std::all_of(row.begin(), row.end(), [](float w) { return w == 0.0F; }) ? 1 : 0;
  }
  EXPECT_GT(n_zero_rows, 0);
  EXPECT_EQ(filterbank.n_empty(), n_zero_rows);
}

}  // namespace feature_extractor_test
}  // namespace hitscope::dsp
