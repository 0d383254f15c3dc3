// The head linear_svc; see linear_heads.h. Internal to models/classical.
// Thread safety: a free function without shared state.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical::linear {

const HeadInfo& linear_svc();

}  // namespace hitscope::models::classical::linear
