// The four bytes at the beginning of each MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3; 13818-3 for the low sampling
// frequencies, and the unofficial "MPEG-2.5" below 16 kHz). Only layer III with a stated bit rate is accepted; anything
// else is not a header.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hitscope::ingest::mp3 {

struct FrameHeader {
  int rate_index = 0;     ///< 0..8: 44.1, 48, 32 kHz of MPEG-1, then the same of MPEG-2 and of MPEG-2.5
  int sample_rate = 0;    ///< sample rate, Hz
  int n_channels = 0;     ///< 1 or 2
  bool low_rate = false;  ///< MPEG-2 and 2.5: one granule per frame, another coding of scale factors
  bool has_crc = false;
  bool mid_side = false;
  bool intensity = false;
  std::size_t size = 0;  ///< bytes of the frame with its header

  bool mpeg25() const { return rate_index >= 6; }
  int n_granules() const { return low_rate ? 1 : 2; }
  int samples() const { return 576 * n_granules(); }
  /// Bytes of side information.
  std::size_t side_size() const {
    if (low_rate) return n_channels == 1 ? 9 : 17;
    return n_channels == 1 ? 17 : 32;
  }
  /// Offset of the main data in the frame.
  std::size_t main_begin() const { return 4U + (has_crc ? 2U : 0U) + side_size(); }
};

/// The header in bytes[0..3]. Free format (no bit rate stated) is not supported. Every header that comes back has room
/// for its side information: size >= main_begin().
std::optional<FrameHeader> parse_header(const std::uint8_t* bytes);

}  // namespace hitscope::ingest::mp3
