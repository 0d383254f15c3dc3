#include "dsp/half.h"

#include <algorithm>
#include <bit>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hitscope::dsp {
namespace {

constexpr std::uint32_t kSignBit = 0x8000'0000U;
constexpr std::uint32_t kFloatInfinity = 0x7f80'0000U;
constexpr std::uint32_t kFirstHalfInfinity = 0x477f'f000U;  // 65520: the smallest float that rounds to infinity
constexpr std::uint32_t kFirstNormalHalf = 0x3880'0000U;    // 2^-14

#if defined(__x86_64__)
/// Converts the greatest multiple of 8 values below n and says how many that were. Every processor with AVX2 has F16C.
__attribute__((target("avx2,f16c"))) std::size_t convert_by_eight(const float* values, std::uint16_t* halves,
                                                                  std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i eight = _mm256_cvtps_ph(_mm256_loadu_ps(values + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(halves + i), eight);
  }
  return i;
}

/// The conversion in the other direction.
__attribute__((target("avx2,f16c"))) std::size_t convert_by_eight(const std::uint16_t* halves, float* values,
                                                                  std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m128i eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + i));
    _mm256_storeu_ps(values + i, _mm256_cvtph_ps(eight));
  }
  return i;
}
#endif

}  // namespace

std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits & kSignBit) >> 16U);
  const std::uint32_t magnitude = bits & ~kSignBit;
  if (magnitude > kFloatInfinity) return sign | 0x7e00U | ((magnitude >> 13U) & 0x3ffU);  // NaN, made quiet
  if (magnitude >= kFirstHalfInfinity) return sign | 0x7c00U;
  if (magnitude < kFirstNormalHalf) {
    // Adding 0.5 leaves the subnormal's bits, correctly rounded, at the bottom of the sum's significand.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f00'0000U));
  }
  const std::uint32_t odd = (magnitude >> 13U) & 1U;
  return static_cast<std::uint16_t>(sign | ((magnitude - 0x3800'0000U + 0xfffU + odd) >> 13U));
}

void float_to_half(std::span<const float> values, std::span<std::uint16_t> halves) {
  const std::size_t n = std::min(values.size(), halves.size());
  std::size_t done = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) done = convert_by_eight(values.data(), halves.data(), n);
#endif
  for (; done < n; ++done) halves[done] = float_to_half(values[done]);
}

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1fU;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0x1fU) return std::bit_cast<float>(sign | kFloatInfinity | (fraction << 13U));
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
}

void half_to_float(std::span<const std::uint16_t> halves, std::span<float> values) {
  const std::size_t n = std::min(halves.size(), values.size());
  std::size_t done = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) done = convert_by_eight(halves.data(), values.data(), n);
#endif
  for (; done < n; ++done) values[done] = half_to_float(halves[done]);
}

}  // namespace hitscope::dsp
