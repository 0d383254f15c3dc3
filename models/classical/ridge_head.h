// Ridge regression on table columns: for targets that are values.
//
// scikit-learn's Ridge(alpha=1): minimises |y - Xw - b|² + |w|², the intercept free, by Cholesky in double precision.
// Input: TableEncoder columns. It has no epochs and no use for validation rows, and leaves them out.
// Weights: ridge.safetensors with linear.weight [1, n_columns], linear.bias [1]; ridge.features.json.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical {

extern const HeadInfo kRidge;

}  // namespace hitscope::models::classical
