// Every head, and what each is: the one list of heads.
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
/// Throws std::invalid_argument for an unknown name, naming those that there are.
const HeadInfo& head_named(std::string_view name);
std::unique_ptr<Head> make_head(std::string_view name);

/// "cnn, mlp": the heads that `is_wanted` chooses.
std::string names_of_heads(bool (*is_wanted)(const HeadInfo&));

/// The options of all heads in `options`, by heading, each setting once. They refer to `options`, which must stay.
std::vector<OptionGroup> option_groups(FamilyOptions& options);

}  // namespace hitscope::models::heads
