// The libraries that a room is linked with, for --version and `hitscope doctor`.
// Thread safety: a free function without shared state.
#pragma once

#include <string>
#include <vector>

namespace hitscope::dsp {

struct LibraryVersion {
  std::string name;
  std::string version;  ///< of the library that is loaded, not of the headers, where the library tells
};

/// Those of this room.
std::vector<LibraryVersion> library_versions();

}  // namespace hitscope::dsp
