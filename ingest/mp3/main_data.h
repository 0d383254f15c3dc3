// The bit reservoir: the main data of a frame may begin in the frames before it (ISO/IEC 11172-3, 2.4.2.7). Keeps the
// last 511 bytes of main data before the newest in one padded array.
// Thread safety: one thread at a time per object.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hitscope::ingest::mp3 {

class MainData {
 public:
  /// Number of bytes beyond the data that may be read: 288 pairs of up to 47 bits that begin before the end, after at
  /// most 180 bits of scale factors, and the bytes that a BitReader reads ahead.
  static constexpr std::size_t kPadding = 2048;

  /// Appends the main data of the next frame, fewer than 1500 bytes.
  void append(std::span<const std::uint8_t> bytes);
  /// Number of bytes before those appended last.
  std::size_t n_reserved() const { return n_reserved_; }
  std::size_t n_bytes() const { return n_bytes_; }
  /// Reserved bytes, then those appended last.
  const std::uint8_t* data() const { return bytes_.data(); }
  /// Drops all bytes, because some between frames were lost.
  void clear() { n_reserved_ = n_bytes_ = 0; }

 private:
  static constexpr std::size_t kReservoir = 511;

  std::size_t n_reserved_ = 0;
  std::size_t n_bytes_ = 0;
  std::array<std::uint8_t, kReservoir + 1500 + kPadding> bytes_{};
};

}  // namespace hitscope::ingest::mp3
