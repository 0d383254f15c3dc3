// The list of all heads.
// Thread safety: free functions without shared state.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/head.h"

namespace hitscope::models::heads {

/// All heads, networks with spectrogram input first.
std::span<const HeadInfo* const> all();
/// The description of the head `name`, in either form of head_name.h. Throws std::invalid_argument naming the known
/// ones for an unknown name.
const HeadInfo& head_named(std::string_view name);
/// A new, unfitted head with the parameters in its name. Throws as head_named() and set_parameters().
std::unique_ptr<Head> make_head(std::string_view name);

/// The names of the heads that `is_wanted` accepts, as in "cnn, mlp".
std::string names_of_heads(bool (*is_wanted)(const HeadInfo&));

/// The settings of all heads in `options`, by heading, each once. They refer to `options`, which must outlive them.
std::vector<OptionGroup> option_groups(FamilyOptions& options);

}  // namespace hitscope::models::heads
