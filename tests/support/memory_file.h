// A growing file in memory for libsndfile.
// Thread safety: one thread per file.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <vector>

namespace hitscope::tests {

struct MemoryFile {
  std::vector<std::byte> bytes;
  std::size_t position = 0;
};

/// What sf_open_virtual wants, with a MemoryFile as user data.
SF_VIRTUAL_IO memory_file_io();

}  // namespace hitscope::tests
