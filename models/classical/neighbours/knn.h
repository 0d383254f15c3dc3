// The head knn: scikit-learn's KNeighborsClassifier and KNeighborsRegressor, exact.
//
// Files: STEM.safetensors with rows [n_rows, n_columns] (float) and classes or values [n_rows].
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::neighbours {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::neighbours
