// Random numbers that are the same on every standard library.
//
// std::mt19937_64 is fully specified, the distributions of <random> are not, so the conversions are written out here.
// A generator is named by a list of keys (seed, what it is for, index): equal keys give equal sequences, and nothing
// one generator draws moves another. Not thread-safe; one generator belongs to one piece of work.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numbers>
#include <random>

namespace hitscope::assets {

/// One well-mixed 64-bit number per list of keys (SplitMix64's finaliser over each key in turn).
inline std::uint64_t mix_keys(std::initializer_list<std::uint64_t> keys) {
  std::uint64_t state = 0;
  for (const std::uint64_t key : keys) {
    state += key + 0x9e3779b97f4a7c15ULL;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
    state ^= state >> 31;
  }
  return state;
}

class SeededRandom {
 public:
  explicit SeededRandom(std::initializer_list<std::uint64_t> keys) : engine_(mix_keys(keys)) {}

  /// Uniform in [0, 1), from the top 53 bits of one draw.
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Standard normal (Box-Muller, one of the pair).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  /// Uniform in [0, count); count at least 1.
  std::size_t index(std::size_t count) { return static_cast<std::size_t>(uniform() * static_cast<double>(count)); }
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace hitscope::assets
