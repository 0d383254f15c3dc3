#include "ingest/frame_sizes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest {
namespace {

std::uint8_t at(std::span<const std::byte> bytes, std::size_t i) {
  return std::to_integer<std::uint8_t>(bytes[i]);
}

constexpr std::size_t kMpegHeader = 4;

/// Whether the four bytes are an MPEG audio header of this layer, as its two bits are written (3: I, 2: II, 1: III).
bool is_mpeg_header(std::span<const std::byte> b, unsigned layer) {
  return b.size() >= kMpegHeader && at(b, 0) == 0xFF && (at(b, 1) & 0xE0U) == 0xE0U && (at(b, 1) >> 3U & 3U) != 1 &&
         (at(b, 1) >> 1U & 3U) == layer && (at(b, 2) >> 2U & 3U) != 3;
}

int mpeg_sample_rate(std::span<const std::byte> b) {
  constexpr int kRates[3] = {44100, 48000, 32000};
  const unsigned version = at(b, 1) >> 3U & 3U;
  return kRates[at(b, 2) >> 2U & 3U] / (version == 3 ? 1 : version == 2 ? 2 : 4);
}

}  // namespace

std::optional<std::size_t> mp3_frame_bytes(std::span<const std::byte> b) {
  if (b.size() < kMpegHeader) return std::nullopt;
  const auto header = mp3::parse_header(reinterpret_cast<const std::uint8_t*>(b.data()));
  return header ? std::optional(header->size) : std::nullopt;
}

std::optional<std::size_t> mp2_frame_bytes(std::span<const std::byte> b) {
  // kbit/s by the index in the header: layer I, layer II, and both of MPEG-2 (ISO/IEC 11172-3, 2.4.2.3).
  constexpr int kRates[4][16] = {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0},
                                 {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0},
                                 {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0},
                                 {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}};
  const bool first = is_mpeg_header(b, 3);
  if (!first && !is_mpeg_header(b, 2)) return std::nullopt;
  const bool low = (at(b, 1) >> 3U & 3U) != 3;
  const int bit_rate = 1000 * kRates[(low ? 2 : 0) + (first ? 0 : 1)][at(b, 2) >> 4U];
  if (bit_rate == 0) return std::nullopt;
  const int padding = at(b, 2) >> 1U & 1;
  const int rate = mpeg_sample_rate(b);
  return static_cast<std::size_t>(first ? (12 * bit_rate / rate + padding) * 4 : 144 * bit_rate / rate + padding);
}

std::optional<std::size_t> adts_frame_bytes(std::span<const std::byte> b) {
  constexpr std::size_t kHeader = 7;
  if (b.size() < kHeader || at(b, 0) != 0xFF || (at(b, 1) & 0xF6U) != 0xF0U || ((at(b, 2) >> 2U) & 15U) > 12) {
    return std::nullopt;
  }
  const std::size_t bytes = (at(b, 3) & 3U) << 11U | static_cast<std::size_t>(at(b, 4)) << 3U | at(b, 5) >> 5U;
  return bytes > kHeader ? std::optional(bytes) : std::nullopt;
}

std::optional<std::size_t> ac3_frame_bytes(std::span<const std::byte> b) {
  // kbit/s by half the frame size code (ATSC A/52, table 5.18).
  constexpr std::array<int, 19> kRates{32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                       192, 224, 256, 320, 384, 448, 512, 576, 640};
  constexpr std::size_t kHeader = 6;
  if (b.size() < kHeader || at(b, 0) != 0x0B || at(b, 1) != 0x77 || at(b, 5) >> 3U > 10) return std::nullopt;
  const unsigned rate = at(b, 4) >> 6U;
  const unsigned size = at(b, 4) & 0x3FU;
  if (rate == 3 || size >= 2 * kRates.size()) return std::nullopt;
  const auto bit_rate = static_cast<std::size_t>(kRates[size / 2]);
  const std::size_t words = rate == 0   ? 2 * bit_rate
                            : rate == 1 ? bit_rate * 96000 / 44100 + (size & 1U)
                                        : 3 * bit_rate;
  return 2 * words;
}

std::optional<std::size_t> eac3_frame_bytes(std::span<const std::byte> b) {
  constexpr std::size_t kHeader = 6;
  if (b.size() < kHeader || at(b, 0) != 0x0B || at(b, 1) != 0x77) return std::nullopt;
  const unsigned version = at(b, 5) >> 3U;
  if (version <= 10 || version > 16) return std::nullopt;
  return 2 * (static_cast<std::size_t>((at(b, 2) & 7U) << 8U | at(b, 3)) + 1);
}

std::optional<std::size_t> dts_frame_bytes(std::span<const std::byte> b) {
  constexpr std::array<unsigned, 4> kSync{0x7F, 0xFE, 0x80, 0x01};
  constexpr std::size_t kHeader = 8;
  if (b.size() < kHeader) return std::nullopt;
  for (std::size_t i = 0; i < kSync.size(); ++i) {
    if (at(b, i) != kSync[i]) return std::nullopt;
  }
  const std::size_t bytes = ((at(b, 5) & 3U) << 12U | static_cast<std::size_t>(at(b, 6)) << 4U | at(b, 7) >> 4U) + 1;
  return bytes >= 96 ? std::optional(bytes) : std::nullopt;
}

int count_frames(std::span<const std::byte> b, int most, FrameBytes frame_bytes) {
  int n = 0;
  for (; n < most; ++n) {
    const auto frame = frame_bytes(b);
    if (!frame) return n;
    if (*frame >= b.size()) return n + 1;
    b = b.subspan(*frame);
  }
  return n;
}

bool has_free_format_frames(std::span<const std::byte> b, int layer) {
  constexpr std::size_t kShortest = 24;
  constexpr std::size_t kLongest = 4096;
  // Layers I and II are found nowhere but in tests, and their headers are in quiet PCM and in UTF-16, too.
  const int n_wanted = layer == 3 ? 3 : 5;
  const std::size_t slot = layer == 1 ? 4 : 1;  // bytes of padding
  const auto is_header = [&](std::size_t i) {
    return i + kMpegHeader <= b.size() && is_mpeg_header(b.subspan(i), 4U - static_cast<unsigned>(layer)) &&
           at(b, i + 2) >> 4U == 0 && at(b, i + 1) == at(b, 1) && (at(b, i + 2) & 0xFCU) == (at(b, 2) & 0xFCU);
  };
  const bool has_checksums = b.size() > 1 && (at(b, 1) & 1U) == 0;
  if (!is_header(0) || (layer == 1 && has_checksums)) return false;
  for (std::size_t size = slot; layer != 3 && size < kShortest; size += slot) {
    if (is_header(size)) return false;
  }
  const std::size_t first = (kShortest + slot - 1) / slot * slot;
  for (std::size_t size = first; size <= kLongest; size += slot) {
    if (!is_header(size)) continue;
    int n = 2;
    std::size_t end = size;
    for (bool goes_on = true; goes_on && n < n_wanted;) {
      goes_on = false;
      for (const std::size_t next : {size - slot, size, size + slot}) {
        if (!is_header(end + next)) continue;
        end += next;
        ++n;
        goes_on = true;
        break;
      }
    }
    if (n == n_wanted) return true;
    if (layer != 3) return false;  // the first header behind the first frame must be the second frame's
  }
  return false;
}

}  // namespace hitscope::ingest
