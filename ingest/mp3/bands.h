// Scale factor bands (ISO/IEC 11172-3 table B.8, 13818-3 table B.2): where they begin among the 576 frequency lines,
// and the order in which the lines of a granule come in the bit stream. Lines of short blocks are interleaved: line 3 *
// frequency + window.
// Thread safety: constants, built on first use.
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
  std::int16_t end = 0;   ///< one past the last line of this and all earlier segments
  std::uint8_t step = 1;  ///< 1 or 3
  std::uint8_t window = kLongWindow;
  std::uint8_t band = 0;
};

enum class BlockShape { kLong = 0, kShort = 1, kMixed = 2 };

/// The lines of a pair in the bit stream, `line` and `line` + `step`, and the index of their segment.
struct PairPlace {
  std::uint16_t line = 0;
  std::uint8_t step = 1;
  std::uint8_t segment = 0;
};

/// The segments of a granule in the order of the bit stream and of its scale factors.
struct Segments {
  std::array<Segment, 3 * kShortBands> items;
  std::array<PairPlace, kLines / 2> pairs;
  int n = 0;
  int n_long = 0;  ///< number of long bands, which come first
};

/// The segments of a granule, by FrameHeader::rate_index and the shape of its blocks.
const Segments& segments(int rate_index, BlockShape shape);

}  // namespace hitscope::ingest::mp3
