// The headings under which families list their options, and the options of heads with table input.
// Thread safety: constants and a free function without shared state.
#pragma once

#include <string_view>

#include "models/data/preprocessing.h"
#include "models/options.h"

namespace hitscope::models {

inline constexpr std::string_view kPreprocessingHeading = "Preprocessing (fitted on training rows only)";
inline constexpr std::string_view kTrainingHeading = "Training of networks";

inline std::vector<OptionGroup> preprocessing_options(FamilyOptions& options) {
  return {{kPreprocessingHeading, dsp::settings_of(options.get<data::Preprocessing>())}};
}

}  // namespace hitscope::models
