// How each network on spectrograms is trained unless a user says otherwise.
// Free of LibTorch. Thread safety: a free function.
#pragma once

#include <string_view>

#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural {

/// Of the head `name`.
recipes::Recipe own_recipe(std::string_view name);

}  // namespace hitscope::models::neural
