// Writes counts, durations and sizes for messages.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <string>

#include "ingest/words.h"

namespace hitscope::apps::shell {

using ingest::count_of;
/// A duration in a suitable unit: "40 s", "12 min", "3.5 h".
std::string duration_text(double seconds);
/// A size in megabytes: "43.2 MB".
std::string megabytes(std::size_t n_bytes);

}  // namespace hitscope::apps::shell
