// The header of a NumPy .npy file (format 1.0, C order) for shards [rows, n_bins, n_frames].
//
// Written here because the C++ libraries for it write whole arrays from memory; shards are filled row by row in place.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "apps/spectrograms/render_settings.h"

namespace hitscope::apps::spectrograms {

/// Every header has this many bytes, so a row's place does not depend on how many rows there are.
inline constexpr std::size_t kNpyHeaderBytes = 128;

struct NpyShape {
  std::size_t n_rows = 0;
  int n_bins = 0;
  int n_frames = 0;
  SampleType sample_type = SampleType::kFloat16;
  bool operator==(const NpyShape&) const = default;
};

/// kNpyHeaderBytes bytes.
std::string npy_header(const NpyShape& shape);
/// The shape of a file that starts with `bytes`, nullopt where it is not one of our shards.
std::optional<NpyShape> parse_npy_header(std::string_view bytes);

}  // namespace hitscope::apps::spectrograms
