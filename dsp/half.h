// IEEE 754 binary16 as stored in `float16` shards: conversions with round-to-nearest-even.
//
// It is our own because GCC's _Float16 is not available in the compilers we lint with. NaN and infinities are kept.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <span>

namespace hitscope::dsp {

/// The nearest binary16 to `value`; infinity beyond 65504.
std::uint16_t float_to_half(float value);
/// The same for as many as both spans hold, by the processor's own instruction where it has one.
void float_to_half(std::span<const float> values, std::span<std::uint16_t> halves);
/// The value of `half`, exactly.
float half_to_float(std::uint16_t half);
/// The same for as many as both spans hold, by the processor's own instruction where it has one.
void half_to_float(std::span<const std::uint16_t> halves, std::span<float> values);

}  // namespace hitscope::dsp
