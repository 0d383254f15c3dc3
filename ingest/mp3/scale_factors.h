// Reads the scale factors of one granule of one channel, in the order of its segments (bands.h), and the positions of
// intensity stereo, which are coded as the right channel's scale factors. They are raw integers; spectrum.h makes gains
// of them.
// Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <cstdint>

#include "ingest/mp3/bit_reader.h"
#include "ingest/mp3/side_info.h"

namespace hitscope::ingest::mp3 {

/// One per segment, 39 at most.
using ScaleFactors = std::array<std::uint8_t, 48>;

/// Reads those of MPEG-1. `factors` holds those of the channel's previous granule, which may be reused.
void read_scale_factors(BitReader& bits, const GranuleInfo& info, ScaleFactors& factors);
/// Reads those of MPEG-2 and 2.5. `is_position` is set for the right channel of a frame with intensity stereo. Sets
/// info.pre_emphasis.
void read_low_rate_scale_factors(BitReader& bits, bool is_position, GranuleInfo& info, ScaleFactors& factors);

}  // namespace hitscope::ingest::mp3
