// Side information of a frame (ISO/IEC 11172-3, 2.4.1.7; 13818-3 for low rates): how each granule of each channel is
// coded. Reads the fixed-size block between header and main data; checks only values that would exceed tables.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <cstdint>

#include "ingest/mp3/bands.h"
#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest::mp3 {

struct GranuleInfo {
  unsigned part2_3_length = 0;  ///< bits of scale factors and Huffman codes
  int big_pairs = 0;            ///< pairs of lines coded by pair tables, at most 288
  int global_gain = 0;
  unsigned scale_compress = 0;
  int block_type = 0;  ///< 0 normal, 1 start, 2 short, 3 stop
  bool mixed = false;  ///< the two lowest subbands have normal long blocks
  std::array<std::uint8_t, 3> tables{};
  std::array<std::uint8_t, 3> subblock_gain{};
  std::array<int, 2> region_end{};  ///< ends of the first two regions, in pairs
  bool pre_emphasis = false;
  bool coarse_scale = false;  ///< scale factors are whole, not half, powers of two
  std::uint8_t quad_table = 0;
  unsigned reused = 0;  ///< bit 3 - g set: scale factors of group g are those of granule 0

  BlockShape shape() const {
    if (block_type != 2) return BlockShape::kLong;
    return mixed ? BlockShape::kMixed : BlockShape::kShort;
  }
};

struct SideInfo {
  unsigned main_data_begin = 0;  ///< bytes before this frame's own main data at which its data begin
  std::array<std::array<GranuleInfo, 2>, 2> granules;  ///< [granule][channel]
};

/// Reads header.side_size() bytes that are followed by at least sixteen readable ones. False where the combination of
/// block type and window switching is forbidden; main_data_begin is valid nevertheless.
bool parse_side_info(const std::uint8_t* bytes, const FrameHeader& header, SideInfo& side);

}  // namespace hitscope::ingest::mp3
