// From the target column to what heads learn, by a scheme that was fitted on training rows.
// Thread safety: free functions without shared state.
#pragma once

#include "models/data/labels.h"
#include "models/data/split.h"
#include "models/data/targets.h"

namespace hitscope::models::data {

/// Class or value of every row. Throws std::invalid_argument where all training rows have the same: there is nothing to
/// learn, and a score would mean nothing; std::logic_error where a row has no label.
Targets labelled(const LabelScheme& scheme, const RawTargets& raw, const TrainingFold& fold);

}  // namespace hitscope::models::data
