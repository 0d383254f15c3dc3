// The heads of svm.h, file by file. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical::kernels {

const HeadInfo& svc();
const HeadInfo& svr();

}  // namespace hitscope::models::classical::kernels
