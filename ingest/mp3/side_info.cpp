#include "ingest/mp3/side_info.h"

#include <algorithm>

#include "ingest/mp3/bit_reader.h"

namespace hitscope::ingest::mp3 {
namespace {

/// The end of the first region in blocks other than normal ones, which do not state it. It follows libmpg123, because
/// the standard does not define short blocks in 2.5, and no known encoder makes mixed blocks at low rates.
int first_region_end(const FrameHeader& header, const GranuleInfo& info) {
  if (header.mpeg25()) {
    const auto& bands = long_bands(header.rate_index);
    return bands[info.block_type == 2 && !info.mixed ? 6 : 8] / 2;
  }
  return !header.low_rate || info.block_type == 2 ? 18 : 27;
}

bool parse_switched_block(BitReader& bits, const FrameHeader& header, GranuleInfo& info) {
  info.block_type = static_cast<int>(bits.take(2));
  info.mixed = bits.take(1) != 0;
  info.tables = {static_cast<std::uint8_t>(bits.take(5)), static_cast<std::uint8_t>(bits.take(5)), 0};
  for (std::uint8_t& gain : info.subblock_gain) gain = static_cast<std::uint8_t>(bits.take(3));
  info.region_end = {first_region_end(header, info), kLines / 2};
  return info.block_type != 0;
}

void parse_normal_block(BitReader& bits, const FrameHeader& header, GranuleInfo& info) {
  for (std::uint8_t& table : info.tables) table = static_cast<std::uint8_t>(bits.take(5));
  const unsigned first = bits.take(4) + 1;
  const unsigned second = first + bits.take(3) + 1;
  const auto& bands = long_bands(header.rate_index);
  info.region_end = {bands[first] / 2, bands[std::min<unsigned>(second, kLongBands)] / 2};
}

bool parse_granule(BitReader& bits, const FrameHeader& header, GranuleInfo& info) {
  const unsigned reused = info.reused;
  info = GranuleInfo();
  info.reused = reused;
  bits.refill();
  info.part2_3_length = bits.take(12);
  info.big_pairs = std::min(static_cast<int>(bits.take(9)), kLines / 2);
  info.global_gain = static_cast<int>(bits.take(8));
  info.scale_compress = bits.take(header.low_rate ? 9 : 4);
  bits.refill();
  bool valid = true;
  if (bits.take(1) != 0) {
    valid = parse_switched_block(bits, header, info);
  } else {
    parse_normal_block(bits, header, info);
  }
  if (!header.low_rate) info.pre_emphasis = bits.take(1) != 0;
  info.coarse_scale = bits.take(1) != 0;
  info.quad_table = static_cast<std::uint8_t>(bits.take(1));
  return valid;
}

}  // namespace

bool parse_side_info(const std::uint8_t* bytes, const FrameHeader& header, SideInfo& side) {
  BitReader bits(bytes, 0);
  const auto n_channels = static_cast<std::size_t>(header.n_channels);
  side.main_data_begin = bits.take(header.low_rate ? 8 : 9);
  if (header.low_rate) {
    bits.take(header.n_channels == 1 ? 1 : 2);  // private bits
  } else {
    bits.take(header.n_channels == 1 ? 5 : 3);
  }
  for (std::size_t c = 0; c < n_channels; ++c) {
    side.granules[0][c].reused = 0;
    side.granules[1][c].reused = header.low_rate ? 0 : bits.take(4);
  }
  bool valid = true;
  for (std::size_t g = 0; g < static_cast<std::size_t>(header.n_granules()); ++g) {
    for (std::size_t c = 0; c < n_channels; ++c) valid = parse_granule(bits, header, side.granules[g][c]) && valid;
  }
  return valid;
}

}  // namespace hitscope::ingest::mp3
