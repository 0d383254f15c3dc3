// The hybrid part of the filter bank (ISO/IEC 11172-3, 2.4.3.4.10): alias reduction, inverse MDCT with windowing and
// overlap, frequency inversion. From 576 frequency lines to 18 time slots of 32 subband samples. Everything is linear,
// so one object serves a mono mix: several spectra with different block types may be added into one granule. It does
// not synthesise time samples: see synthesis.h.
// Thread safety: one thread at a time per object.
#pragma once

#include <array>
#include <cstddef>

#include "ingest/mp3/side_info.h"

namespace hitscope::ingest::mp3 {

inline constexpr int kSlots = 18;     ///< time slots in a granule
inline constexpr int kSubbands = 32;  ///< subbands in a time slot

class Hybrid {
 public:
  using Samples = std::array<float, kSlots * kSubbands>;  ///< [slot * 32 + subband]

  /// Only the lower n_subbands (a multiple of eight) are computed, the others stay zero.
  explicit Hybrid(int n_subbands) : n_subbands_(n_subbands) {}

  /// Begins a granule with the overlap of the one before.
  void begin();
  /// Adds a spectrum of 576 lines, which is destroyed; those from n_lines on must be zero.
  void add(const GranuleInfo& info, int n_lines, float* lines);
  /// The samples of the granule begun last.
  const Samples& samples() const { return buffers_[current_]; }

 private:
  int n_subbands_;
  std::size_t current_ = 0;
  alignas(64) std::array<Samples, 2> buffers_{};  // samples of the granule, and its overlap into the next one
};

}  // namespace hitscope::ingest::mp3
