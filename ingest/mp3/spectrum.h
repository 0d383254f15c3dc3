// Decodes the 576 requantised frequency lines of one granule of one channel: value^(4/3) times a gain per scale factor
// band (ISO/IEC 11172-3, 2.4.3.4). Lines of short blocks are interleaved (bands.h). It does not undo joint stereo.
// Thread safety: free functions over constant tables.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingest/mp3/scale_factors.h"
#include "ingest/mp3/side_info.h"

namespace hitscope::ingest::mp3 {

struct SpectrumRequest {
  const std::uint8_t* main_data = nullptr;  ///< padded by MainData::kPadding
  std::size_t begin = 0;                    ///< first bit of the Huffman codes
  std::size_t end = 0;                      ///< one past their last bit
  int rate_index = 0;
  int attenuation = 0;   ///< lines are made 2^(attenuation / 4) times smaller; 0..6
  int n_lines = kLines;  ///< lines from here on need not be decoded
};

/// Fills lines[0, 576) and returns a number from which on all lines are zero, or -1 if the codes do not fit into their
/// bits; the lines are then not valid.
int read_spectrum(const SpectrumRequest& request, const GranuleInfo& info, const ScaleFactors& factors, float* lines);

}  // namespace hitscope::ingest::mp3
