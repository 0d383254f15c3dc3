// The options of networks as HeadInfo lists them.
// Thread safety: a free function without shared state.
#pragma once

#include <vector>

#include "models/neural/recipes/network_options.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::neural {

inline std::vector<OptionGroup> network_options(FamilyOptions& options) {
  std::vector<OptionGroup> groups = preprocessing_options(options);
  for (OptionGroup& group : recipes::network_option_groups(options)) groups.push_back(std::move(group));
  return groups;
}

}  // namespace hitscope::models::neural
