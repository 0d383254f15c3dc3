// Reads bits of a byte array, most significant first, through a 64-bit register. It does not know where the array ends,
// so the array must be padded by as much as its user may read beyond the end (see MainData::kPadding).
// Thread safety: a plain value; one thread per object.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ingest/mp3/simd.h"

namespace hitscope::ingest::mp3 {

static_assert(std::endian::native == std::endian::little, "refill() swaps bytes");

class BitReader {
 public:
  /// Starts at bit `position` of `bytes`; at least 49 bits are ready.
  BitReader(const std::uint8_t* bytes, std::size_t position) : begin_(bytes), next_(bytes + position / 8) {
    refill();
    skip(static_cast<unsigned>(position % 8));
  }

  /// Bits read so far, counted from the beginning of the array.
  std::size_t position() const { return static_cast<std::size_t>(next_ - begin_) * 8 - n_bits_; }
  /// Makes at least 56 bits ready.
  HITSCOPE_INLINE void refill() {
    std::uint64_t word = 0;
    std::memcpy(&word, next_, sizeof(word));
    bits_ |= __builtin_bswap64(word) >> n_bits_;
    next_ += (63U - n_bits_) >> 3U;
    n_bits_ |= 56U;
  }
  /// The next n ready bits, 1..32, without consuming them.
  HITSCOPE_INLINE std::uint32_t peek(unsigned n) const { return static_cast<std::uint32_t>(bits_ >> (64U - n)); }
  /// Consumes n bits, at most as many as are ready.
  HITSCOPE_INLINE void skip(unsigned n) {
    bits_ <<= n;
    n_bits_ -= n;
  }
  /// Consumes and returns the next n ready bits, 0..32.
  HITSCOPE_INLINE std::uint32_t take(unsigned n) {
    if (n == 0) return 0;
    const std::uint32_t value = peek(n);
    skip(n);
    return value;
  }

 private:
  const std::uint8_t* begin_;
  const std::uint8_t* next_;  // the first byte that is not counted in n_bits_
  std::uint64_t bits_ = 0;    // left-aligned; a part of *next_ may follow the n_bits_ counted ones
  unsigned n_bits_ = 0;       // 0..63
};

}  // namespace hitscope::ingest::mp3
