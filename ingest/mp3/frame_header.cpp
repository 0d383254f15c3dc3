#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest::mp3 {
namespace {

constexpr int kBitRates[2][16] = {{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
                                  {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}};
constexpr int kSampleRates[9] = {44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000};

}  // namespace

std::optional<FrameHeader> parse_header(const std::uint8_t* bytes) {
  const unsigned version = bytes[1] >> 3U & 3U;  // 0: 2.5, 2: MPEG-2, 3: MPEG-1
  const unsigned layer = bytes[1] >> 1U & 3U;    // 1: III
  const unsigned rate = bytes[2] >> 2U & 3U;
  if (bytes[0] != 0xFF || (bytes[1] & 0xE0U) != 0xE0U || version == 1 || layer != 1 || rate == 3) return std::nullopt;
  FrameHeader header;
  header.low_rate = version != 3;
  header.rate_index = static_cast<int>(rate) + (version == 3 ? 0 : version == 2 ? 3 : 6);
  header.sample_rate = kSampleRates[header.rate_index];
  const int bit_rate = kBitRates[header.low_rate ? 1 : 0][bytes[2] >> 4U];
  if (bit_rate == 0) return std::nullopt;
  const unsigned mode = bytes[3] >> 6U;
  header.n_channels = mode == 3 ? 1 : 2;
  header.has_crc = (bytes[1] & 1U) == 0;
  header.mid_side = mode == 1 && (bytes[3] & 0x20U) != 0;
  header.intensity = mode == 1 && (bytes[3] & 0x10U) != 0;
  const int padding = bytes[2] >> 1U & 1;
  const int size = (header.low_rate ? 72000 : 144000) * bit_rate / header.sample_rate + padding;
  header.size = static_cast<std::size_t>(size);
  if (header.size < header.main_begin()) return std::nullopt;
  return header;
}

}  // namespace hitscope::ingest::mp3
