#include "models/classical/linear/linear_heads.h"

#include <vector>

#include "models/classical/linear/linear_svc.h"
#include "models/classical/linear/logistic.h"
#include "models/classical/linear/polynomial.h"
#include "models/classical/linear/regressions.h"

namespace hitscope::models::classical::linear {

std::span<const HeadInfo* const> heads() {
  static const std::vector<const HeadInfo*> list = [] {
    std::vector<const HeadInfo*> all{&Logistic::kInfo, &linear_svc(), &polynomial()};
    all.insert(all.end(), regressions().begin(), regressions().end());
    all.insert(all.end(), robust_regressions().begin(), robust_regressions().end());
    return all;
  }();
  return list;
}

}  // namespace hitscope::models::classical::linear
