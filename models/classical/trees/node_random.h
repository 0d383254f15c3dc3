// Random numbers of a tree's node. Internal to models/classical.
// Thread safety: plain values.
#pragma once

#include <cstdint>

namespace hitscope::models::classical::trees {

/// Random numbers of one node, whatever else was drawn (splitmix64).
class NodeRandom {
 public:
  explicit NodeRandom(std::uint64_t key) : state_(key) {}
  std::uint64_t operator()() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  /// 0 <= n < 1.
  double share() { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace hitscope::models::classical::trees
