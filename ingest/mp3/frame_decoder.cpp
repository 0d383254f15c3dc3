#include "ingest/mp3/frame_decoder.h"

#include <algorithm>
#include <cstring>

#include "ingest/mp3/simd.h"
#include "ingest/mp3/spectrum.h"
#include "ingest/mp3/stereo.h"

namespace hitscope::ingest::mp3 {
namespace {

/// Alias reduction of the lower 16 subbands needs eight lines of the next one.
constexpr int kHalfLines = 16 * 18 + 8;
constexpr int kHalved = 4;    // attenuation by 2, for the mean of two channels
constexpr int kRootHalf = 2;  // attenuation by sqrt(2)

bool same_blocks(const GranuleInfo& a, const GranuleInfo& b) {
  return a.block_type == b.block_type && a.mixed == b.mixed;
}

/// True where the mean of both channels is the sum channel alone.
bool needs_sum_only(const FrameHeader& header, const std::array<GranuleInfo, 2>& granule) {
  return header.mid_side && !header.intensity && header.n_channels == 2 && same_blocks(granule[0], granule[1]);
}

HITSCOPE_CLONES void add_lines(int n, const float* from, float* to) {
  for (int i = 0; i < n; ++i) to[i] += from[i];
}

}  // namespace

FrameDecoder::FrameDecoder(Phase phase) : half_(phase != Phase::kAll), hybrid_(half_ ? 16 : 32), synthesis_(phase) {}

void FrameDecoder::decode(const FrameHeader& header, std::span<const std::uint8_t> frame, float* out) {
  std::array<std::uint8_t, 64> side_bytes{};  // padded for the bit reader
  const std::size_t begin = header.main_begin();
  std::memcpy(side_bytes.data(), frame.data() + (begin - header.side_size()), header.side_size());
  bool valid = parse_side_info(side_bytes.data(), header, side_);
  main_data_.append(frame.subspan(begin));
  std::size_t position = 0;
  if (side_.main_data_begin > main_data_.n_reserved()) {
    side_ = SideInfo();  // empty granules, so that what earlier ones left over is heard
    valid = true;
  } else {
    position = 8 * (main_data_.n_reserved() - side_.main_data_begin);
  }
  const int n_samples = kSlots * (half_ ? 16 : 32);
  for (std::size_t granule = 0; granule < static_cast<std::size_t>(header.n_granules()); ++granule, out += n_samples) {
    valid = valid && decode_granule(header, granule, position);
    if (valid) {
      mix_down(header, granule);
      synthesis_.run(hybrid_.samples(), out);
    } else {
      std::fill_n(out, n_samples, 0.0F);
    }
  }
}

/// False where the granule is broken; nothing that later ones need has changed then.
bool FrameDecoder::decode_granule(const FrameHeader& header, std::size_t granule, std::size_t& position) {
  if (!decode_channel(header, granule, 0, position)) return false;
  if (header.n_channels == 1) return true;
  if (needs_sum_only(header, side_.granules[granule])) return skip_channel(header, granule, 1, position);
  if (!decode_channel(header, granule, 1, position)) return false;
  if (header.mid_side || header.intensity) undo_joint_stereo(header, granule);
  return true;
}

/// Reads the scale factors at `position`; returns the place behind them.
std::size_t FrameDecoder::read_factors(const FrameHeader& header, std::size_t granule, std::size_t channel,
                                       std::size_t position) {
  BitReader bits(main_data_.data(), position);
  GranuleInfo& info = side_.granules[granule][channel];
  if (header.low_rate) {
    read_low_rate_scale_factors(bits, channel == 1 && header.intensity, info, factors_[channel]);
  } else {
    read_scale_factors(bits, info, factors_[channel]);
  }
  return bits.position();
}

bool FrameDecoder::decode_channel(const FrameHeader& header, std::size_t granule, std::size_t channel,
                                  std::size_t& position) {
  GranuleInfo& info = side_.granules[granule][channel];
  const std::size_t end = position + info.part2_3_length;
  if (end > 8 * main_data_.n_bytes()) return false;
  if (info.part2_3_length == 0) {  // silence, whatever else is said
    factors_[channel].fill(0);
    lines_[channel].fill(0.0F);
    n_lines_[channel] = 0;
    return true;
  }
  SpectrumRequest request;
  request.main_data = main_data_.data();
  request.begin = read_factors(header, granule, channel, position);
  request.end = end;
  request.rate_index = header.rate_index;
  if (header.mid_side) request.attenuation += kRootHalf;
  if (header.n_channels == 2 && !needs_sum_only(header, side_.granules[granule])) request.attenuation += kHalved;
  // Which bands of the right channel are empty counts in intensity stereo: all lines are needed.
  if (half_ && !header.intensity) request.n_lines = kHalfLines;
  if (request.begin > end) return false;
  n_lines_[channel] = read_spectrum(request, info, factors_[channel], lines_[channel].data());
  position = end;
  return n_lines_[channel] >= 0;
}

bool FrameDecoder::skip_channel(const FrameHeader& header, std::size_t granule, std::size_t channel,
                                std::size_t& position) {
  const std::size_t end = position + side_.granules[granule][channel].part2_3_length;
  if (end > 8 * main_data_.n_bytes()) return false;
  // The second granule may want the scale factors of the first one.
  if (granule == 0 && side_.granules[1][channel].reused != 0) {
    if (end == position) {
      factors_[channel].fill(0);
    } else if (read_factors(header, granule, channel, position) > end) {
      return false;
    }
  }
  position = end;
  return true;
}

void FrameDecoder::undo_joint_stereo(const FrameHeader& header, std::size_t granule) {
  const Lines coded_right = lines_[1];
  n_lines_[0] = n_lines_[1] = std::max(n_lines_[0], n_lines_[1]);
  if (header.mid_side) undo_mid_side(n_lines_[0], lines_[0].data(), lines_[1].data());
  if (!header.intensity) return;
  IntensityRequest request;
  request.right_info = &side_.granules[granule][1];
  request.positions = &factors_[1];
  request.rate_index = header.rate_index;
  request.mid_side = header.mid_side;
  apply_intensity(request, coded_right.data(), lines_[0].data(), lines_[1].data());
}

void FrameDecoder::mix_down(const FrameHeader& header, std::size_t granule) {
  const std::array<GranuleInfo, 2>& info = side_.granules[granule];
  hybrid_.begin();
  if (header.n_channels == 2 && !needs_sum_only(header, info)) {
    if (same_blocks(info[0], info[1])) {
      add_lines(n_lines_[1], lines_[1].data(), lines_[0].data());
      n_lines_[0] = std::max(n_lines_[0], n_lines_[1]);
    } else {
      hybrid_.add(info[1], n_lines_[1], lines_[1].data());
    }
  }
  hybrid_.add(info[0], n_lines_[0], lines_[0].data());
}

}  // namespace hitscope::ingest::mp3
