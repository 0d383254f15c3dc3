// Decodes consecutive layer III frames to the mean over their channels. If both channels have the same kind of block,
// the mean is taken of their spectra, so that most work is done once; the difference channel of sum-and-difference
// stereo, which cancels out, is not decoded. It does not handle streams, tags and trimming.
// Thread safety: one thread at a time per object.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "ingest/mp3/frame_header.h"
#include "ingest/mp3/hybrid.h"
#include "ingest/mp3/main_data.h"
#include "ingest/mp3/scale_factors.h"
#include "ingest/mp3/side_info.h"
#include "ingest/mp3/synthesis.h"

namespace hitscope::ingest::mp3 {

class FrameDecoder {
 public:
  static constexpr int kMaxSamples = 1152;

  /// With kEven and kOdd it decodes at half the sample rate, from the lower 16 of 32 subbands.
  explicit FrameDecoder(Phase phase);

  /// Decodes a whole frame of header.size bytes to header.samples() samples (half of that at half rate), on a scale on
  /// which full scale is [-1, 1]. What cannot be decoded is silence.
  void decode(const FrameHeader& header, std::span<const std::uint8_t> frame, float* out);
  /// To be called if bytes before the next frame were lost, to which that frame may refer.
  void forget_main_data() { main_data_.clear(); }

 private:
  using Lines = std::array<float, kLines>;

  bool decode_granule(const FrameHeader& header, std::size_t granule, std::size_t& position);
  bool decode_channel(const FrameHeader& header, std::size_t granule, std::size_t channel, std::size_t& position);
  bool skip_channel(const FrameHeader& header, std::size_t granule, std::size_t channel, std::size_t& position);
  std::size_t read_factors(const FrameHeader& header, std::size_t granule, std::size_t channel, std::size_t position);
  void undo_joint_stereo(const FrameHeader& header, std::size_t granule);
  void mix_down(const FrameHeader& header, std::size_t granule);

  bool half_;
  MainData main_data_;
  SideInfo side_;
  std::array<ScaleFactors, 2> factors_{};
  alignas(64) std::array<Lines, 2> lines_{};
  std::array<int, 2> n_lines_{};
  Hybrid hybrid_;
  Synthesis synthesis_;
};

}  // namespace hitscope::ingest::mp3
