// Writes numbers with nouns, for messages.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <string>

namespace hitscope::ingest {

/// A number with its noun: "1 row", "2 rows".
inline std::string count_of(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

}  // namespace hitscope::ingest
