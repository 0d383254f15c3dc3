// The first frame of many files is no audio but describes the file: the Xing or Info header, mostly with LAME's
// extension that states what the encoder added at both ends, or Fraunhofer's VBRI header, of which only its presence is
// of use. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest::mp3 {

struct InfoTag {
  std::optional<std::int64_t> n_frames;  ///< without this one
  int encoder_delay = 0;                 ///< samples before the first one of the music; 0 without LAME's extension
  int padding = 0;                       ///< samples behind the last one, of n_frames frames; likewise
};

/// nullopt where `frame` is an ordinary one.
std::optional<InfoTag> parse_info_tag(const FrameHeader& header, std::span<const std::uint8_t> frame);

}  // namespace hitscope::ingest::mp3
