// How far compressed bytes may inflate: a bound against files and bodies that were made to fill memory or the disk.
// Thread safety: a free function without shared state.
#pragma once

#include <cstdint>

namespace hitscope::ingest {

/// Tables inflate to 3 to 30 times their size, audio hardly; text of one byte and silence to 1,032 times.
inline constexpr std::uint64_t kMostInflation = 250;
/// Up to this many bytes any inflation is accepted.
inline constexpr std::uint64_t kFreeInflatedBytes = std::uint64_t{64} << 20U;

/// Whether `n_in` bytes inflated to `n_out`, more than any that are meant to be read.
constexpr bool inflates_too_far(std::uint64_t n_in, std::uint64_t n_out) {
  return n_out > kFreeInflatedBytes && n_out / kMostInflation > n_in;
}

}  // namespace hitscope::ingest
