// LevelMeter: what it says of a signal in blocks is what two looks at the whole signal say.
#include "ingest/level_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace hitscope::ingest {
namespace level_meter_test {

using Samples = std::vector<float>;

LevelMeter measured(const Samples& samples, std::size_t block) {
  LevelMeter meter;
  for (std::size_t at = 0; at < samples.size(); at += block) {
    meter.add(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
  }
  return meter;
}

/// Counts in a second look, once the extremes are known.
std::uint64_t clipped_in_two_passes(const Samples& samples) {
  constexpr float kFlat = 1.0F - 1e-4F;
  const auto [lowest, highest] = std::minmax_element(samples.begin(), samples.end());
  const float infinity = std::numeric_limits<float>::infinity();
  const float high = *highest >= kFullScale ? *highest * kFlat : infinity;
  const float low = *lowest <= -kFullScale ? *lowest * kFlat : -infinity;
  return static_cast<std::uint64_t>(
      std::count_if(samples.begin(), samples.end(), [&](float x) { return x >= high || x <= low; }));
}

void expect_same(const Samples& samples, const char* what) {
  const auto [lowest, highest] = std::minmax_element(samples.begin(), samples.end());
  for (const std::size_t block : {std::size_t{1}, std::size_t{37}, std::size_t{4096}, samples.size()}) {
    const LevelMeter meter = measured(samples, block);
    EXPECT_EQ(meter.n_samples(), samples.size()) << what;
    EXPECT_EQ(meter.lowest(), *lowest) << what;
    EXPECT_EQ(meter.highest(), *highest) << what;
    EXPECT_EQ(meter.n_clipped(), clipped_in_two_passes(samples)) << what << " in blocks of " << block;
    EXPECT_FALSE(meter.first_not_finite()) << what;
  }
}

/// As many floats as there are from `from` to `to`, and `step` apart.
Samples neighbours(float from, float to, int step) {
  Samples samples;
  for (float x = from; x <= to;) {
    samples.push_back(x);
    for (int i = 0; i < step; ++i) x = std::nextafter(x, std::numeric_limits<float>::infinity());
  }
  return samples;
}

TEST(LevelMeterTest, CountsWhatTwoPassesCountWhereTheExtremeGrowsSlowly) {
  for (const float top : {0.99901F, 1.0F, 1.0003F, 1.9999F, 2.0001F, 32767.0F, 3e38F}) {
    for (const int step : {1, 3, 500}) {
      const Samples rising = neighbours(top * 0.9997F, top, step);
      ASSERT_GT(rising.size(), 5U);
      Samples falling(rising.rbegin(), rising.rend());
      Samples below;
      for (const float x : rising) below.push_back(-x);
      Samples both = rising;
      both.insert(both.end(), below.begin(), below.end());
      expect_same(rising, "rising");
      expect_same(falling, "falling");
      expect_same(below, "below");
      expect_same(both, "both");
    }
  }
}

TEST(LevelMeterTest, CountsWhatTwoPassesCountAroundFullScale) {
  const float edge = kFullScale * (1.0F - 1e-4F);
  expect_same(neighbours(edge - 1e-5F, kFullScale, 1), "reaches full scale with its last sample");
  expect_same(neighbours(edge - 1e-5F, std::nextafter(kFullScale, 0.0F), 1), "ends just below full scale");
  expect_same({kFullScale, edge, std::nextafter(edge, 0.0F), std::nextafter(edge, 1.0F), -kFullScale, -edge}, "edges");
  expect_same({0.0F}, "silence");
}

TEST(LevelMeterTest, CountsWhatTwoPassesCountInRandomSignals) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> amount(0.0F, 1.0F);
  for (int round = 0; round < 300; ++round) {
    Samples samples(1 + random() % 9000);
    const float scale = 0.9F + 0.4F * amount(random);
    const float limit = round % 3 == 0 ? 0.9985F + 0.003F * amount(random) : 2.0F;
    const float drift = round % 2 == 0 ? 0.0F : 2e-4F / static_cast<float>(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const float x = scale * std::sin(static_cast<float>(i) * 0.3F + amount(random) * 0.01F);
      samples[i] = std::clamp(x, -limit, limit) * (1.0F + drift * static_cast<float>(i));
    }
    expect_same(samples, "random");
    if (HasFailure()) return;
  }
}

TEST(LevelMeterTest, NamesTheFirstSampleThatIsNotFiniteInWhateverBlock) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t at : {0U, 1U, 4095U, 4096U, 5000U}) {
      Samples samples(9000, 0.25F);
      samples[at] = bad;
      samples[8999] = bad;
      for (const std::size_t block : {1U, 37U, 4096U, 9000U}) {
        EXPECT_EQ(measured(samples, block).first_not_finite(), at) << "in blocks of " << block;
        EXPECT_EQ(measured(samples, block).n_samples(), 9000U);
      }
    }
  }
}

}  // namespace level_meter_test
}  // namespace hitscope::ingest
