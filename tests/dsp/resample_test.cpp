#include "dsp/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace hitscope::dsp {
namespace {

Waveform sine(double hz, int sample_rate, std::size_t n_samples) {
  Waveform wave{std::vector<float>(n_samples), sample_rate};
  for (std::size_t i = 0; i < n_samples; ++i) {
    wave.samples[i] = static_cast<float>(std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / sample_rate));
  }
  return wave;
}

TEST(ResampleTest, KeepsASineInPlaceAndAtLevel) {
  const Waveform got = resample(sine(440.0, 44100, 44100), 22050);
  const Waveform want = sine(440.0, 22050, 22050);
  ASSERT_EQ(got.samples.size(), want.samples.size());
  for (std::size_t i = 1000; i < 21000; ++i) ASSERT_NEAR(got.samples[i], want.samples[i], 1e-4) << i;
}

TEST(ResampleTest, RemovesWhatTheNewRateCannotHold) {
  const Waveform got = resample(sine(15000.0, 44100, 44100), 22050);
  for (std::size_t i = 1000; i < 21000; ++i) ASSERT_NEAR(got.samples[i], 0.0, 1e-4) << i;
}

TEST(ResampleTest, LengthIsRoundedUp) {
  EXPECT_EQ(resample(sine(10.0, 44100, 44101), 22050).samples.size(), 22051U);
  EXPECT_EQ(resample(sine(10.0, 8000, 3), 22050).samples.size(), 9U);
  EXPECT_EQ(resample(Waveform{{}, 8000}, 22050).samples.size(), 0U);
  EXPECT_THROW(resample(Waveform{{0.0F}, 8000}, 0), std::invalid_argument);
}

}  // namespace
}  // namespace hitscope::dsp
