// What an estimator has learned as a head's files: STEM.safetensors for arrays, STEM.trees for trees, and for parts the
// same of STEM.0, STEM.1, ….
// Thread safety: free functions without shared state.
#pragma once

#include <stdexcept>
#include <string>

#include "models/classical/estimator.h"
#include "models/head_files.h"

namespace hitscope::models::classical {

HeadFiles files_of(const Learned& learned, const std::string& stem);
/// What files_of() wrote for an estimator of trees or arrays, or of this many parts. Throws std::runtime_error naming a
/// file that is missing or damaged.
Learned learned_from(const HeadFiles& files, const std::string& stem, bool is_of_trees, std::size_t n_parts);

}  // namespace hitscope::models::classical
