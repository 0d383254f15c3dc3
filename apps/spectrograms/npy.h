// The header of a NumPy .npy file (format 1.0, C order) for shards [rows, n_bins, n_frames].
//
// It is our own because the C++ libraries for the format write whole arrays from memory, whereas shards are filled row
// by row in place.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "apps/spectrograms/render_settings.h"

namespace hitscope::apps::spectrograms {

/// Every header has this many bytes, so the place of a row does not depend on the number of rows.
inline constexpr std::size_t kNpyHeaderBytes = 128;

struct NpyShape {
  std::size_t n_rows = 0;
  int n_bins = 0;
  int n_frames = 0;
  SampleType sample_type = SampleType::kFloat16;
  bool operator==(const NpyShape&) const = default;
};

/// The header of a shard, kNpyHeaderBytes bytes.
std::string npy_header(const NpyShape& shape);
/// The shape of a file that starts with `bytes`; nullopt if it is not a shard written by npy_header.
std::optional<NpyShape> parse_npy_header(std::string_view bytes);

}  // namespace hitscope::apps::spectrograms
