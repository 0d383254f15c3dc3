// Every head by name.
// Thread safety: free functions without shared state.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/head.h"

namespace hitscope::models::heads {

/// Names that make_head knows: networks on spectrograms ("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn",
/// "crnn"), on both ("fusion"), on tables ("mlp"), and classical heads ("random_forest", "boosted_trees", "logistic",
/// "ridge").
std::vector<std::string> head_names();
/// Those that a comparison begins with: all but four_block_cnn, musicnn and crnn.
std::vector<std::string> usual_head_names();
/// Throws std::invalid_argument for an unknown name.
std::unique_ptr<Head> make_head(std::string_view name);

}  // namespace hitscope::models::heads
