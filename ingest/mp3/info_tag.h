// Reads the first frame of files in which it is not audio but describes the file: the Xing or Info header, mostly with
// LAME's extension on the samples that the encoder added at both ends, or Fraunhofer's VBRI header, of which only the
// presence is used.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest::mp3 {

struct InfoTag {
  std::optional<std::int64_t> n_frames;  ///< frames of the file, without this one
  int encoder_delay = 0;                 ///< samples added before the audio; 0 without LAME's extension
  int padding = 0;                       ///< samples added after the audio; 0 without LAME's extension
};

/// The tag in `frame`; nullopt for an ordinary frame.
std::optional<InfoTag> parse_info_tag(const FrameHeader& header, std::span<const std::uint8_t> frame);

}  // namespace hitscope::ingest::mp3
