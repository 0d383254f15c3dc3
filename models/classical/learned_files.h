// What an estimator has learned as a head's files: STEM.safetensors for arrays, STEM.trees for trees.
// Thread safety: free functions without shared state.
#pragma once

#include <stdexcept>
#include <string>

#include "models/classical/estimator.h"
#include "models/head_files.h"

namespace hitscope::models::classical {

HeadFiles files_of(const Learned& learned, const std::string& stem);

/// The arrays in safetensors bytes. Throws std::runtime_error for other bytes.
Arrays arrays_of(const std::string& bytes);

/// Calls `load` with what is in the file, its errors with the file's name.
template <typename Load>
void read_learned(const HeadFiles& files, const std::string& stem, bool is_of_trees, const Load& load) {
  read_head_file(files, stem + (is_of_trees ? ".trees" : ".safetensors"), [&](const std::string& bytes) {
    load(is_of_trees ? Learned{{}, bytes} : Learned{arrays_of(bytes), {}});
    return true;
  });
}

}  // namespace hitscope::models::classical
