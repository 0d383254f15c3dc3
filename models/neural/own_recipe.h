// How each network on spectrograms is trained by default. Free of LibTorch.
// Thread safety: a free function without shared state.
#pragma once

#include <string_view>

#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural {

/// The default recipe of the head `name`.
recipes::Recipe own_recipe(std::string_view name);

}  // namespace hitscope::models::neural
