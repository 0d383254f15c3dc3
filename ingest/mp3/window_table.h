// The 512 taps of the synthesis window D of ISO/IEC 11172-3, table B.3, in the order and scaling of the standard: with
// them a full-scale signal comes out in [-1, 1]. A table only; the filter bank is in synthesis.h.
// Thread safety: a pure function.
#pragma once

#include <cstdint>

namespace hitscope::ingest::mp3 {

/// D[i], i in [0, 512).
float synthesis_window(int i);

}  // namespace hitscope::ingest::mp3
