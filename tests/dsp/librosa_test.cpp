// Conventions of librosa 0.10 that torchaudio does not show, against values from its documentation or worked by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "dsp/decibel.h"
#include "dsp/feature_extractor.h"

namespace hitscope::dsp {
namespace librosa_test {

FrontEndConfig small_stft(int n_fft, int hop_length) {
  FrontEndConfig config;
  config.feature = Feature::kSpectrogram;
  config.scale = Scale::kPower;
  config.n_fft = config.win_length = n_fft;
  config.hop_length = hop_length;
  return config;
}

TEST(LibrosaTest, HzToMelIsAsDocumented) {
  EXPECT_NEAR(hz_to_mel(60.0, MelScale::kSlaney), 0.9, 1e-12);
  EXPECT_NEAR(hz_to_mel(110.0, MelScale::kSlaney), 1.65, 1e-12);
  EXPECT_NEAR(hz_to_mel(220.0, MelScale::kSlaney), 3.3, 1e-12);
  EXPECT_NEAR(hz_to_mel(440.0, MelScale::kSlaney), 6.6, 1e-12);
  const std::array<double, 5> hz{66.667, 133.333, 200.0, 266.667, 333.333};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(mel_to_hz(i + 1, MelScale::kSlaney), hz[i], 5e-4);
}

TEST(LibrosaTest, TheSlaneyScaleBreaksAtOneKilohertz) {
  EXPECT_DOUBLE_EQ(hz_to_mel(1000.0, MelScale::kSlaney), 15.0);
  EXPECT_NEAR(hz_to_mel(6400.0, MelScale::kSlaney), 15.0 + 27.0, 1e-12);  // 27 steps of log(6.4) / 27
  EXPECT_NEAR(hz_to_mel(1000.0 - 1e-9, MelScale::kSlaney), hz_to_mel(1000.0 + 1e-9, MelScale::kSlaney), 1e-9);
  for (const MelScale scale : {MelScale::kSlaney, MelScale::kHtk}) {
    for (int hz = 0; hz < 24000; hz += 123) EXPECT_NEAR(mel_to_hz(hz_to_mel(hz, scale), scale), hz, 1e-8);
  }
  EXPECT_NEAR(hz_to_mel(700.0, MelScale::kHtk), 2595.0 * std::log10(2.0), 1e-9);
}

TEST(LibrosaTest, MelFrequenciesAreAsDocumented) {
  // librosa.mel_frequencies(n_mels=40), f_max 11,025 Hz.
  const std::array<double, 40> documented{
      0.,       85.317,   170.635,  255.952,  341.269,  426.586,  511.904,  597.221,  682.538,   767.855,
      853.173,  938.49,   1024.856, 1119.114, 1222.042, 1334.436, 1457.167, 1591.187, 1737.532,  1897.337,
      2071.84,  2262.393, 2470.47,  2697.686, 2945.799, 3216.731, 3512.582, 3835.643, 4188.417,  4573.636,
      4994.285, 5453.621, 5955.205, 6502.92,  7101.009, 7754.107, 8467.272, 9246.028, 10096.408, 11025.};
  const double highest = hz_to_mel(11025.0, MelScale::kSlaney);
  for (int i = 0; i < 40; ++i) EXPECT_NEAR(mel_to_hz(highest * i / 39, MelScale::kSlaney), documented[i], 5e-4) << i;
}

TEST(LibrosaTest, TrianglesOfTheSlaneyNormPeakAtTwoOverTheirWidth) {
  FrontEndConfig config;  // bins 1 Hz apart, bands of equal width below 1 kHz: edges at 0, 200, ..., 1000 Hz
  config.sample_rate = config.n_fft = config.win_length = 8000;
  config.n_mels = 4;
  config.f_max_hz = 1000.0;
  const std::vector<float> dense = MelFilterbank(config).dense();
  for (int m = 0; m < 4; ++m) {
    for (int hz = 0; hz <= 4000; ++hz) {
      const double triangle = std::max(0.0, 1.0 - std::abs(hz - 200.0 * (m + 1)) / 200.0);
      ASSERT_NEAR(dense[static_cast<std::size_t>(m) * 4001 + hz], 2.0 / 400.0 * triangle, 1e-9) << m << ' ' << hz;
    }
  }
}

TEST(LibrosaTest, BinsOfAnOddTransformLieAtMultiplesOfSampleRateOverNFft) {
  // librosa.fft_frequencies is numpy's rfftfreq: with n_fft 9 at 9000 Hz the bins are 0, 1, 2, 3 and 4 kHz. (torchaudio
  // spreads its bins up to 4.5 kHz.) One triangle over 0..4 kHz, norm none, linear in mel.
  FrontEndConfig config;
  config.sample_rate = 9000;
  config.n_fft = config.win_length = 9;
  config.n_mels = 1;
  config.f_max_hz = 4000.0;
  config.norm = MelNorm::kNone;
  const std::vector<float> dense = MelFilterbank(config).dense();
  const double centre = mel_to_hz(hz_to_mel(4000.0, MelScale::kSlaney) / 2.0, MelScale::kSlaney);
  ASSERT_GT(centre, 1000.0);
  ASSERT_LT(centre, 2000.0);
  const std::array<double, 5> want{0.0, 1000.0 / centre, 2000.0 / (4000.0 - centre), 1000.0 / (4000.0 - centre), 0.0};
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(dense[k], want[k], 1e-6) << k;
}

TEST(LibrosaTest, AToneOfAnOddTransformIsInItsBin) {
  FrontEndConfig config = small_stft(9, 9);
  config.center = false;
  std::vector<float> tone(9);  // 3 turns in 9 samples; a Hann window sums to 9 / 2, half of it is bin 3's
  for (int i = 0; i < 9; ++i) tone[i] = static_cast<float>(std::cos(2.0 * std::numbers::pi * 3.0 * i / 9.0));
  const Spectrogram got = FeatureExtractor(config).compute(tone);
  EXPECT_NEAR(got.at(3, 0), 2.25 * 2.25, 1e-5);
  EXPECT_NEAR(got.at(2, 0), 1.125 * 1.125, 1e-5);  // Hann's side: half the amplitude
  EXPECT_NEAR(got.at(1, 0), 0.0, 1e-5);
}

TEST(LibrosaTest, ACentredSignalHasOneFramePerHopAndOneMore) {
  // librosa.stft, center=True: 1 + n_samples // hop_length for an even n_fft.
  FrontEndConfig config = small_stft(512, 128);
  FeatureExtractor extractor(config);
  for (const int n : {1, 127, 128, 129, 1280, 22050}) {
    EXPECT_EQ(extractor.compute(std::vector<float>(n)).n_frames, 1 + n / 128) << n;
  }
}

TEST(LibrosaTest, BeyondTheEndsOfTheSignalThereAreZeros) {
  // librosa 0.10: pad_mode="constant". Frame 0 of an impulse at sample 1 sees it once, through the window at n_fft/2
  // + 1.
  std::vector<float> impulse(16, 0.0F);
  impulse[1] = 1.0F;
  const Spectrogram got = FeatureExtractor(small_stft(8, 4)).compute(impulse);
  const double seen = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * 5.0 / 8.0);
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(got.at(k, 0), seen * seen, 1e-6) << k;
}

TEST(LibrosaTest, ReflectionDoesNotRepeatTheEdge) {
  // librosa 0.9: pad_mode="reflect". The same impulse is also seen at -1: twice w cos(2 pi k / 8). At 0: once.
  FrontEndConfig config = small_stft(8, 4);
  config.pad_mode = PadMode::kReflect;
  FeatureExtractor extractor(config);
  std::vector<float> impulse(16, 0.0F);
  impulse[1] = 1.0F;
  const double seen = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * 5.0 / 8.0);
  const Spectrogram twice = extractor.compute(impulse);
  for (int k = 0; k < 5; ++k) {
    EXPECT_NEAR(twice.at(k, 0), std::pow(2.0 * seen * std::cos(2.0 * std::numbers::pi * k / 8.0), 2.0), 1e-6) << k;
  }
  const Spectrogram once = extractor.compute([] {
    std::vector<float> edge(16, 0.0F);
    edge[0] = 1.0F;
    return edge;
  }());
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(once.at(k, 0), 1.0, 1e-6) << k;
}

TEST(LibrosaTest, AShortWindowLiesInTheMiddleOfTheTransform) {
  // librosa.util.pad_center: a window of 4 in 8 begins at 2, so an impulse at sample 4 meets its peak.
  FrontEndConfig config = small_stft(8, 8);
  config.win_length = 4;
  config.center = false;
  FeatureExtractor extractor(config);
  const std::array<double, 8> window{0.0, 0.0, 0.0, 0.5, 1.0, 0.5, 0.0, 0.0};
  for (int i = 0; i < 8; ++i) {
    std::vector<float> impulse(8, 0.0F);
    impulse[i] = 1.0F;
    EXPECT_NEAR(extractor.compute(impulse).at(0, 0), window[i] * window[i], 1e-7) << i;
  }
}

TEST(LibrosaTest, AWindowOfOneSampleIsOne) {
  // scipy.signal.get_window and torch.hann_window alike.
  for (const Window window : {Window::kHann, Window::kHamming}) {
    FrontEndConfig config = small_stft(8, 8);
    config.win_length = 1;
    config.window = window;
    config.center = false;
    EXPECT_NEAR(FeatureExtractor(config).compute(std::vector<float>(8, 1.0F)).at(0, 0), 1.0, 1e-7) << to_string(window);
  }
}

TEST(LibrosaTest, PowerToDbRaisesToAminThenCutsBelowTheMaximumOfDecibels) {
  FrontEndConfig config;  // ref 1, amin 1e-10, top_db 80
  std::vector<float> values{1.0F, 0.1F, 1e-7F, 1e-9F, 0.0F};
  to_decibels(values, config);
  const std::array<double, 5> loud{0.0, -10.0, -70.0, -80.0, -80.0};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(values[i], loud[i], 2e-5) << i;

  values = {1e-4F, 0.0F, 1e-12F};  // -120 is raised to -100 by amin before top_db would allow it
  to_decibels(values, config);
  const std::array<double, 3> quiet{-40.0, -100.0, -100.0};
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(values[i], quiet[i], 2e-5) << i;

  values = {0.0F, 1e-11F};  // ref is 1, not the maximum: silence stays at the floor
  to_decibels(values, config);
  for (const float value : values) EXPECT_NEAR(value, -100.0, 2e-5);
}

TEST(LibrosaTest, AmplitudeToDbIsTwiceAndItsAminIsOfTheAmplitude) {
  FrontEndConfig config;
  config.power = 1.0;
  config.amin = 1e-5;  // librosa.amplitude_to_db's default
  std::vector<float> values{1.0F, 0.1F, 1e-3F, 1e-6F};
  to_decibels(values, config);
  const std::array<double, 4> want{0.0, -20.0, -60.0, -80.0};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(values[i], want[i], 4e-5) << i;
}

}  // namespace librosa_test
}  // namespace hitscope::dsp
