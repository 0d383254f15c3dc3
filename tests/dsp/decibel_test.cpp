#include "dsp/decibel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace hitscope::dsp {
namespace decibel_test {

FrontEndConfig config_with(double power, double amin, double top_db) {
  FrontEndConfig config;
  config.power = power;
  config.amin = amin;
  config.top_db = top_db;
  return config;
}

std::vector<float> decibels(std::vector<float> values, const FrontEndConfig& config) {
  to_decibels(values, config);
  return values;
}

/// Over every 997th float from `low` to `high`.
double largest_error(double power, double low, double high) {
  const double gain = power == 1.0 ? 20.0 : 10.0;
  std::vector<float> values;
  const auto last = std::bit_cast<std::uint32_t>(static_cast<float>(high));
  for (auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(low)); bits < last; bits += 997) {
    values.push_back(std::bit_cast<float>(bits));
  }
  const std::vector<float> got = decibels(values, config_with(power, 1e-37, 0.0));
  double worst = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    worst = std::max(worst, std::abs(got[i] - gain * std::log10(static_cast<double>(values[i]))));
  }
  return worst;
}

TEST(DecibelTest, IsWithin2e5OfTheExactLogarithmOfAnyPowerInUse) {
  EXPECT_LE(largest_error(2.0, 1e-13, 1e14), 2e-5);
}

TEST(DecibelTest, IsWithin1e4OfTheExactLogarithmOfAnyFloat) {
  // Where decibels are hundreds, float itself has steps of 3e-5.
  EXPECT_LE(largest_error(2.0, 1e-37, 3.4e38), 1.1e-4);
  EXPECT_LE(largest_error(1.0, 1e-37, 3.4e38), 1.1e-4);
}

TEST(DecibelTest, MagnitudesCountTwice) {
  EXPECT_NEAR(decibels({0.01F}, config_with(2.0, 1e-10, 0.0))[0], -20.0, 2e-5);
  EXPECT_NEAR(decibels({0.01F}, config_with(1.0, 1e-10, 0.0))[0], -40.0, 4e-5);
}

TEST(DecibelTest, NanStaysNanAndInfinityStaysInfinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t n : {1U, 15U, 16U, 17U, 40U}) {
    std::vector<float> values(n, 1.0F);
    values[n / 2] = nan;
    values = decibels(values, config_with(2.0, 1e-10, 80.0));
    for (std::size_t i = 0; i < n; ++i) {
      if (i == n / 2) {
        EXPECT_TRUE(std::isnan(values[i]));
      } else {
        EXPECT_EQ(values[i], 0.0F);
      }
    }
  }
  EXPECT_EQ(decibels({std::numeric_limits<float>::infinity()}, config_with(2.0, 1e-10, 80.0))[0],
            std::numeric_limits<float>::infinity());
}

TEST(DecibelTest, FindsTheMaximumWhereverItIs) {
  for (std::size_t n = 1; n <= 50; ++n) {
    for (std::size_t at = 0; at < n; ++at) {
      std::vector<float> values(n, 1e-9F);
      values[at] = 1000.0F;  // 30 dB
      values = decibels(values, config_with(2.0, 1e-10, 80.0));
      for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(values[i], i == at ? 30.0 : -50.0, 4e-5) << n << ' ' << at;
    }
  }
}

TEST(DecibelTest, NothingIsLeftAsItIs) {
  std::vector<float> none;
  EXPECT_NO_THROW(to_decibels(none, {}));
}

}  // namespace decibel_test
}  // namespace hitscope::dsp
