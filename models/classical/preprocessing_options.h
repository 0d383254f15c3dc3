// The options of heads that take table columns and need nothing else. Thread safety: a free function.
#pragma once

#include <vector>

#include "models/data/preprocessing.h"
#include "models/options.h"

namespace hitscope::models::classical {

inline std::vector<OptionGroup> preprocessing_options(FamilyOptions& options) {
  return {{"Preprocessing (fitted on training rows only)", dsp::settings_of(options.get<data::Preprocessing>())}};
}

}  // namespace hitscope::models::classical
