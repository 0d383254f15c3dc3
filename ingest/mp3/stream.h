// Finds the frames of an MP3 file among tags and garbage. A frame is accepted where the previous one ended or, at the
// beginning and after lost bytes, where other headers follow it at the right distance. Zeros and ID3v1, ID3v2 and APE
// tags are skipped. Each byte is read a bounded number of times. It does not decode.
// Thread safety: one thread at a time per object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "ingest/mp3/frame_header.h"

namespace hitscope::ingest::mp3 {

struct Frame {
  FrameHeader header;
  std::span<const std::uint8_t> bytes;  ///< the whole frame
  bool after_loss = false;              ///< bytes before it belong to neither a frame nor a tag
};

class FrameStream {
 public:
  /// `bytes` must outlive the stream and its frames.
  explicit FrameStream(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  /// The next frame; nullopt if no whole frame is left or the sample rate changes.
  std::optional<Frame> next();
  bool rate_changed() const { return rate_changed_; }

 private:
  std::optional<FrameHeader> header_at(std::size_t at) const;
  bool skip_tag();
  bool skip_zeros(Frame& frame);
  bool starts_with(std::size_t at, const char* text) const;
  bool is_tag(std::size_t at) const;
  bool is_confirmed(std::size_t at, const FrameHeader& header, int n_following) const;
  bool find_header();

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  std::optional<FrameHeader> first_;  // version and sample rate that all frames must have
  bool rate_changed_ = false;
};

}  // namespace hitscope::ingest::mp3
