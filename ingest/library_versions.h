// The libraries that this room is linked with, for --version and `hitscope doctor`.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "dsp/library_versions.h"

namespace hitscope::ingest {

/// Those of this room; FFmpeg, which is loaded by the first file that needs it, is not among them.
std::vector<dsp::LibraryVersion> library_versions();

/// The file or folder of the certificates that https is checked with; empty where libcurl knows none.
std::string certificates();

/// The version of FFmpeg that would be loaded. Throws std::runtime_error where its libraries cannot be loaded.
std::string ffmpeg_version();

}  // namespace hitscope::ingest
