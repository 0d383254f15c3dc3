#include "dsp/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace hitscope::dsp {
namespace half_test {

/// Every class of float that rounds in its own way, both signs.
std::vector<float> special_values() {
  std::vector<float> values{0.0F,     0x1p-149F, 0x1p-126F, 0x1p-26F,  0x1p-25F,       0x1.000002p-25F, 0x1p-24F,
                            3e-7F,    0x1p-15F,  0x1p-14F,  6.1e-5F,   1.0F,           1.0F + 0x1p-11F, 2047.5F,
                            65503.0F, 65504.0F,  65519.0F,  65519.99F, 65520.0F,       65536.0F,        1e10F,
                            3.4e38F,  1.0F / 3,  80.0F,     100.0F,    1.0F + 0x1p-10F};
  values.push_back(std::numeric_limits<float>::infinity());
  values.push_back(std::numeric_limits<float>::quiet_NaN());
  const std::size_t n = values.size();
  for (std::size_t i = 0; i < n; ++i) values.push_back(-values[i]);
  return values;
}

TEST(HalfTest, EveryHalfSurvivesTheRoundTrip) {
  for (std::uint32_t half = 0; half < 0x10000; ++half) {
    const float value = half_to_float(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), half) << value;
    }
  }
}

TEST(HalfTest, RoundsToNearestEven) {
  EXPECT_EQ(float_to_half(1.0F), 0x3c00);
  EXPECT_EQ(float_to_half(1.0F + 0x1p-11F), 0x3c00);             // a tie goes to the even significand
  EXPECT_EQ(float_to_half(1.0F + 3 * 0x1p-11F), 0x3c02);         // and so does this one
  EXPECT_EQ(float_to_half(1.0F + 0x1p-11F + 0x1p-20F), 0x3c01);  // above the tie
  EXPECT_EQ(float_to_half(65519.0F), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0F), 0x7c00);
  EXPECT_EQ(float_to_half(-80.0F), 0xd500);
  EXPECT_EQ(float_to_half(0x1p-25F), 0x0000);
  EXPECT_EQ(float_to_half(std::numeric_limits<float>::infinity()), 0x7c00);
}

TEST(HalfTest, ManyAtOnceAreTheSameAsOneByOneForEveryLength) {
  const std::vector<float> special = special_values();
  for (std::size_t n = 0; n <= 40; ++n) {
    for (std::size_t from = 0; from + n <= special.size(); ++from) {
      std::vector<std::uint16_t> halves(n + 1, 0xabcd);  // the last one must stay
      float_to_half(std::span(special).subspan(from, n), std::span(halves).first(n));
      for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(halves[i], float_to_half(special[from + i])) << special[from + i];
      ASSERT_EQ(halves[n], 0xabcd) << n;
    }
  }
}

TEST(HalfTest, ManyAtOnceAreTheSameAsOneByOneForAllKindsOfBits) {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < 0x1'0000'0000; bits += 4093) {  // a prime: every exponent, all low bits
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (!std::isnan(value)) values.push_back(value);
  }
  std::vector<std::uint16_t> halves(values.size());
  float_to_half(values, halves);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(halves[i], float_to_half(values[i])) << values[i];
}

TEST(HalfTest, ManyHalvesBecomeTheFloatsThatTheyBecomeOneByOne) {
  std::vector<std::uint16_t> halves;
  for (std::uint32_t bits = 0; bits < 0x1'0000U; ++bits) {
    const bool is_nan = (bits & 0x7c00U) == 0x7c00U && (bits & 0x3ffU) != 0;  // instructions make them quiet
    if (!is_nan) halves.push_back(static_cast<std::uint16_t>(bits));
  }
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{9},
                              halves.size() - 3, halves.size()}) {
    std::vector<float> values(n, -1.0F);
    half_to_float(std::span<const std::uint16_t>(halves), values);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(values[i]), std::bit_cast<std::uint32_t>(half_to_float(halves[i]))) << i;
    }
  }
}

TEST(HalfTest, ANanStaysANanWhateverItsPayload) {
  for (const std::uint32_t bits : {0x7f80'0001U, 0x7fbf'ffffU, 0x7fc0'0000U, 0x7fd0'0000U, 0xffff'ffffU}) {
    const std::vector<float> values(9, std::bit_cast<float>(bits));
    std::vector<std::uint16_t> halves(9);
    float_to_half(values, halves);
    for (const std::uint16_t half : halves) EXPECT_TRUE(std::isnan(half_to_float(half))) << std::hex << bits;
  }
}

TEST(HalfTest, ConvertsAsManyAsBothSpansHold) {
  const std::vector<float> values(20, 1.0F);
  std::vector<std::uint16_t> halves(13, 0);
  float_to_half(values, halves);
  EXPECT_EQ(halves, std::vector<std::uint16_t>(13, 0x3c00));
  halves.assign(30, 0);
  float_to_half(values, halves);
  EXPECT_EQ(halves[19], 0x3c00);
  EXPECT_EQ(halves[20], 0);
}

}  // namespace half_test
}  // namespace hitscope::dsp
