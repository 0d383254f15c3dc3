// The libraries that this room is linked with, for --version and `hitscope doctor`.
// Thread safety: a free function without shared state.
#pragma once

#include <vector>

#include "dsp/library_versions.h"

namespace hitscope::models::classical::trees {

std::vector<dsp::LibraryVersion> library_versions();

}  // namespace hitscope::models::classical::trees
