// Scale factor bands (ISO/IEC 11172-3 table B.8, 13818-3 table B.2): where they begin among the 576 frequency lines,
// and the order in which the lines of a granule come in the bit stream. Lines of short blocks stand interleaved, line
// 3 * frequency + window. Thread safety: constants, built on first use.
#pragma once

#include <array>
#include <cstdint>

namespace hitscope::ingest::mp3 {

inline constexpr int kLines = 576;
inline constexpr int kLongBands = 22;
inline constexpr int kShortBands = 13;
inline constexpr int kLongWindow = 3;  ///< Segment::window of lines of long blocks

/// First line of each long band, with the end of the last one, by FrameHeader::rate_index.
const std::array<std::int16_t, kLongBands + 1>& long_bands(int rate_index);

/// The lines of one band, or of one window of a short band: line, line + step, ... for 2 * n_pairs lines. They share a
/// scale factor.
struct Segment {
  std::int16_t line = 0;
  std::int16_t n_pairs = 0;
  std::int16_t end = 0;   ///< behind the last line that this or an earlier segment holds
  std::uint8_t step = 1;  ///< 1 or 3
  std::uint8_t window = kLongWindow;
  std::uint8_t band = 0;
};

enum class BlockShape { kLong = 0, kShort = 1, kMixed = 2 };

/// Where a pair of lines of the bit stream goes: to line and line + step. The segment is an index.
struct PairPlace {
  std::uint16_t line = 0;
  std::uint8_t step = 1;
  std::uint8_t segment = 0;
};

/// The segments of a granule in the order of the bit stream, which is that of its scale factors too.
struct Segments {
  std::array<Segment, 3 * kShortBands> items;
  std::array<PairPlace, kLines / 2> pairs;
  int n = 0;
  int n_long = 0;  ///< how many of them, at the beginning, are long bands
};

const Segments& segments(int rate_index, BlockShape shape);

}  // namespace hitscope::ingest::mp3
