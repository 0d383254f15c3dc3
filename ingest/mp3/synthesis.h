// Polyphase synthesis of one channel (ISO/IEC 11172-3, 2.4.3.2.2): each slot of 32 subband samples becomes 32 time
// samples; at half the sample rate only every second of them is computed. Full scale is [-1, 1], not clipped.
// Thread safety: one thread at a time per object.
#pragma once

#include <array>
#include <cstddef>

#include "ingest/mp3/hybrid.h"

namespace hitscope::ingest::mp3 {

enum class Phase { kAll, kEven, kOdd };  ///< which time samples of a slot are computed

class Synthesis {
 public:
  /// With kEven and kOdd the result aliases unless the upper 16 subbands are zero.
  explicit Synthesis(Phase phase) : phase_(phase) {}

  /// Writes kSlots * 32 samples, or kSlots * 16.
  void run(const Hybrid::Samples& samples, float* out);

 private:
  static constexpr std::size_t kHistory = 15;
  static constexpr std::size_t kRoom = kHistory + 3 * kSlots;

  Phase phase_;
  std::size_t n_used_ = kHistory;
  /// Transformed slots of 2 * kSubbands values each, at least kHistory of them before those of a granule.
  alignas(64) std::array<float, kRoom * 2 * kSubbands> slots_{};
};

}  // namespace hitscope::ingest::mp3
