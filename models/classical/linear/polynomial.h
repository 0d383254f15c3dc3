// The head polynomial; see linear_heads.h. Internal to models/classical.
// Thread safety: a free function without shared state.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical::linear {

const HeadInfo& polynomial();

}  // namespace hitscope::models::classical::linear
