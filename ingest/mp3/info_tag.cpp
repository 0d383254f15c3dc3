#include "ingest/mp3/info_tag.h"

#include <algorithm>
#include <cstring>

namespace hitscope::ingest::mp3 {
namespace {

constexpr std::size_t kVbriOffset = 4 + 32;
constexpr std::size_t kXingSize = 120;

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | static_cast<std::uint32_t>(bytes[3]);
}

bool holds(std::span<const std::uint8_t> frame, std::size_t at, const char* text) {
  return frame.size() >= at + 4 && std::memcmp(frame.data() + at, text, 4) == 0;
}

/// `at`: behind the four letters.
InfoTag parse_xing(std::span<const std::uint8_t> frame, std::size_t at) {
  InfoTag tag;
  if (frame.size() < at + 8) return tag;
  const std::uint32_t flags = big_endian(frame.data() + at);
  at += 4;
  if ((flags & 1U) != 0) {
    const std::uint32_t n_frames = big_endian(frame.data() + at);
    if (n_frames > 0) tag.n_frames = n_frames;
    at += 4;
  }
  at += ((flags & 2U) != 0 ? 4 : 0) + ((flags & 4U) != 0 ? 100 : 0) + ((flags & 8U) != 0 ? 4 : 0);
  if (frame.size() < at + 24 || frame[at] == 0) return tag;
  const std::uint8_t* delays = frame.data() + at + 21;  // twice twelve bits
  tag.encoder_delay = delays[0] << 4 | delays[1] >> 4;
  tag.padding = (delays[1] & 15) << 8 | delays[2];
  return tag;
}

}  // namespace

std::optional<InfoTag> parse_info_tag(const FrameHeader& header, std::span<const std::uint8_t> frame) {
  if (holds(frame, kVbriOffset, "VBRI")) return InfoTag();
  // libmpg123 looks where the tag stands in a frame without CRC, whether there is one or not. So do encoders.
  const std::size_t at = 4 + header.side_size();
  if (frame.size() < at + kXingSize || (!holds(frame, at, "Xing") && !holds(frame, at, "Info"))) return std::nullopt;
  const auto side = frame.subspan(6, at - 6);
  if (std::any_of(side.begin(), side.end(), [](std::uint8_t byte) { return byte != 0; })) return std::nullopt;
  return parse_xing(frame, at + 4);
}

}  // namespace hitscope::ingest::mp3
