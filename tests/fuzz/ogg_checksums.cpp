#include "tests/fuzz/ogg_checksums.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace hitscope::tests {
namespace {

constexpr std::size_t kHeader = 27;  // its last byte counts the lengths that follow
constexpr std::size_t kChecksum = 22;

/// The polynomial of OGG over every byte value.
std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i << 24U;
    for (int bit = 0; bit < 8; ++bit) crc = crc << 1U ^ ((crc & 0x80000000U) != 0 ? 0x04C11DB7U : 0U);
    table[i] = crc;
  }
  return table;
}

std::size_t page_bytes(std::span<const std::byte> page) {
  const auto n_lengths = std::to_integer<std::size_t>(page[kHeader - 1]);
  std::size_t size = kHeader + n_lengths;
  for (std::size_t i = kHeader; i < kHeader + n_lengths && i < page.size(); ++i) {
    size += std::to_integer<std::size_t>(page[i]);
  }
  return std::min(size, page.size());
}

}  // namespace

void repair_ogg_checksums(std::span<std::byte> bytes) {
  static const auto kTable = crc_table();
  while (bytes.size() >= kHeader) {
    if (std::memcmp(bytes.data(), "OggS", 4) != 0) {
      bytes = bytes.subspan(1);
      continue;
    }
    const std::span<std::byte> page = bytes.first(page_bytes(bytes));
    std::fill_n(page.begin() + kChecksum, 4, std::byte{0});
    std::uint32_t crc = 0;
    for (const std::byte b : page) crc = crc << 8U ^ kTable[crc >> 24U ^ std::to_integer<std::uint32_t>(b)];
    for (std::size_t i = 0; i < 4; ++i) page[kChecksum + i] = static_cast<std::byte>(crc >> 8U * i);
    bytes = bytes.subspan(page.size());
  }
}

}  // namespace hitscope::tests
