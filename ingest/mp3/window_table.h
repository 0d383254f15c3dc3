// The 512 taps of the synthesis window D of ISO/IEC 11172-3, table B.3, in the order and scaling of the standard: a
// full-scale signal then has samples in [-1, 1]. Synthesis is in synthesis.h.
// Thread safety: a free function without shared state.
#pragma once

#include <cstdint>

namespace hitscope::ingest::mp3 {

/// D[i], i in [0, 512).
float synthesis_window(int i);

}  // namespace hitscope::ingest::mp3
