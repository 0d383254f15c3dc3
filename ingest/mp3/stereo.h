// Undoes joint stereo (ISO/IEC 11172-3, 2.4.3.4.9; 13818-3, 2.4.3.2), that is sum-and-difference and intensity stereo,
// on the requantised lines of both channels. The factor 1/sqrt(2) of sum and difference is part of the gains
// (spectrum.h).
// Thread safety: free functions without shared state.
#pragma once

#include "ingest/mp3/scale_factors.h"
#include "ingest/mp3/side_info.h"

namespace hitscope::ingest::mp3 {

/// The properties of a frame and of the right channel of a granule that intensity stereo needs.
struct IntensityRequest {
  const GranuleInfo* right_info = nullptr;
  const ScaleFactors* positions = nullptr;  ///< scale factors of the right channel
  int rate_index = 0;
  bool mid_side = false;
};

/// Sets left, right = left + right, left - right, for n lines.
void undo_mid_side(int n, float* left, float* right);
/// Spreads the left channel over both in the bands that are empty in `coded_right`, the right channel's lines before
/// undo_mid_side; 576 lines each. The block shapes of both channels should be equal; the right one's is used.
void apply_intensity(const IntensityRequest& request, const float* coded_right, float* left, float* right);

}  // namespace hitscope::ingest::mp3
