// Linear heads for values; see linear_heads.h. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::linear {

std::span<const HeadInfo* const> regressions();         ///< linear, ridge, lasso, elastic_net, poisson
std::span<const HeadInfo* const> robust_regressions();  ///< quantile, linear_svr

}  // namespace hitscope::models::classical::linear
