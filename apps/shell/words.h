// Numbers as words: counts, durations, sizes.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>

namespace hitscope::apps::shell {

/// "1 row", "2 rows".
std::string count_of(std::size_t n, const std::string& noun);
/// "40 s", "12 min", "3.5 h".
std::string duration_text(double seconds);
/// "43.2 MB".
std::string megabytes(std::size_t n_bytes);

}  // namespace hitscope::apps::shell
