// Huffman decoding by table lookup. An entry decodes a whole pair (or quad) of lines with its sign bits; only code
// words of more than kPrimaryBits bits need a second lookup, only values of 15 and more in the tables 16..31
// ("escapes") need more bits.
// Thread safety: constants, built on first use.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace hitscope::ingest::mp3 {

/// Layout of an entry of PairTable: bits 0..5 hold the length in bits, so that a shift by the whole entry needs no
/// mask; bits 8..15 and 16..23 hold x and y, each + 16.
inline constexpr std::uint32_t kLengthMask = 63;
inline constexpr std::uint32_t kLink = 1U << 31U;  ///< look up again, `length` bits, from entry (bits 8..23) on
inline constexpr std::uint32_t kEscape = 1U
                                         << 30U;  ///< x or y is an escape; both are >= 0, and the length excludes signs
inline constexpr unsigned kPrimaryBits = 10;

struct PairTable {
  const std::uint32_t* entries = nullptr;  ///< nullptr: all pairs are zero and take no bits
  unsigned primary_bits = 1;
  unsigned escape_bits = 0;
};

/// Layout of an entry of a quad table: bits 0..7 hold four values of two bits (0, 1, or 3 for -1), the first one
/// lowest; bits 8..11 the length in bits with signs, 12..15 the length of the code word alone.
inline constexpr unsigned kQuadBits = 10;

class HuffmanTables {
 public:
  HuffmanTables();
  const PairTable& pairs(std::size_t table) const { return pairs_[table]; }
  const std::uint16_t* quads(std::size_t table) const { return quads_[table].data(); }

 private:
  void build_pairs(int table);
  void build_quads(int table);

  std::array<std::vector<std::uint32_t>, 32> entries_;
  std::array<PairTable, 32> pairs_{};
  std::array<std::array<std::uint16_t, 1U << kQuadBits>, 2> quads_{};
};

/// The tables, which are built on first use.
const HuffmanTables& huffman_tables();

}  // namespace hitscope::ingest::mp3
