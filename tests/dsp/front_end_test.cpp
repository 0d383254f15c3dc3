#include "dsp/front_end.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>

namespace hitscope::dsp {
namespace front_end_test {

std::string complaint(const FrontEndConfig& config) {
  try {
    config.validate();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(FrontEndTest, DefaultsAreValid) {
  EXPECT_EQ(complaint({}), "");
}

TEST(FrontEndTest, RefusalsNameFieldValueAndRule) {
  FrontEndConfig config;
  config.win_length = 4096;
  EXPECT_EQ(complaint(config), "win_length is 4096; it must be at most `n_fft`");
  config = {};
  config.hop_length = 0;
  EXPECT_EQ(complaint(config), "hop_length is 0; it must be at least 1");
  config = {};
  config.f_max_hz = 20000.0;
  EXPECT_EQ(complaint(config), "f_max is 20000; it must be at most half of `sample_rate`");
  config = {};
  config.f_min_hz = 11025.0;
  EXPECT_NE(complaint(config).find("greater than `f_min`"), std::string::npos);
}

TEST(FrontEndTest, RefusesMoreCoefficientsThanBands) {
  FrontEndConfig config;
  config.feature = Feature::kMfcc;
  config.n_mels = 40;
  config.n_mfcc = 40;
  EXPECT_EQ(complaint(config), "");
  config.n_mfcc = 41;
  EXPECT_EQ(complaint(config), "n_mfcc is 41; it must be at most `n_mels`");
  config.feature = Feature::kMel;  // which has no coefficients
  EXPECT_EQ(complaint(config), "");
  config.n_mfcc = 0;
  EXPECT_EQ(complaint(config), "n_mfcc is 0; it must be at least 1");
}

TEST(FrontEndTest, AskingForACepstrumIsAskingForTheFeatureNotTheScale) {
  FrontEndConfig config;
  config.scale = Scale::kCepstrum;
  EXPECT_NE(complaint(config).find("scale is cepstrum; "), std::string::npos);
  config.scale = Scale::kPower;
  EXPECT_EQ(complaint(config), "");
  config.feature = Feature::kMfcc;
  EXPECT_NE(complaint(config).find("scale is power; "), std::string::npos);
  config.scale = Scale::kDecibel;
  EXPECT_EQ(complaint(config), "");
}

TEST(FrontEndTest, RefusesWhatIsNotANumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (double FrontEndConfig::*field : {&FrontEndConfig::power, &FrontEndConfig::f_min_hz, &FrontEndConfig::f_max_hz,
                                        &FrontEndConfig::amin, &FrontEndConfig::top_db}) {
    FrontEndConfig config;
    config.*field = nan;
    EXPECT_NE(complaint(config), "");
  }
}

TEST(FrontEndTest, RowsAndScaleFollowTheFeature) {
  FrontEndConfig config;
  EXPECT_EQ(config.n_bins(), 128);
  EXPECT_EQ(config.result_scale(), Scale::kDecibel);
  config.feature = Feature::kSpectrogram;
  EXPECT_EQ(config.n_bins(), 1025);
  config.n_fft = 2047;
  EXPECT_EQ(config.n_bins(), 1024);
  config.feature = Feature::kMfcc;
  EXPECT_EQ(config.n_bins(), 20);
  EXPECT_EQ(config.result_scale(), Scale::kCepstrum);
}

TEST(FrontEndTest, CountsFramesWithAndWithoutCentring) {
  FrontEndConfig config;
  EXPECT_EQ(config.n_frames(0), 0);
  EXPECT_EQ(config.n_frames(1), 1);
  EXPECT_EQ(config.n_frames(512), 2);
  EXPECT_EQ(config.n_frames(30LL * 22050), 1292);
  config.center = false;
  EXPECT_EQ(config.n_frames(2047), 0);
  EXPECT_EQ(config.n_frames(2048), 1);
  EXPECT_EQ(config.n_frames(2560), 2);
}

TEST(FrontEndTest, CountsFramesOfOddTransformsAsTorchDoes) {
  // torch.stft pads n_fft / 2 (rounded down) at each end, then asks for whole transforms.
  for (const int n_fft : {2, 3, 400, 401, 1023, 2047, 2048}) {
    for (const int hop : {1, 160, 512, 3000}) {
      FrontEndConfig config;
      config.n_fft = config.win_length = n_fft;
      config.hop_length = hop;
      for (std::int64_t n = n_fft; n < 3LL * n_fft + hop; n += 1 + n / 7) {
        ASSERT_EQ(config.n_frames(n), 1 + (n + 2LL * (n_fft / 2) - n_fft) / hop) << n_fft << ' ' << hop << ' ' << n;
      }
    }
  }
  FrontEndConfig config;
  config.n_fft = config.win_length = 401;
  config.hop_length = 160;
  EXPECT_EQ(config.n_frames(1600), 10);  // an even n_fft has 11 there
  EXPECT_EQ(config.n_frames(1601), 11);
}

TEST(FrontEndTest, TwoFrontEndsAreEqualWhenEveryParameterIs) {
  FrontEndConfig config;
  EXPECT_EQ(config, FrontEndConfig{});
  config.quality = Quality::kFast;
  EXPECT_NE(config, FrontEndConfig{});
}

}  // namespace front_end_test
}  // namespace hitscope::dsp
