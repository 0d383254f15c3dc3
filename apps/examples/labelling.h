// From raw targets to labels, once there is a split to learn them from.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/examples/train_data.h"
#include "models/data/labels.h"
#include "models/data/split.h"

namespace hitscope::apps::examples {

/// Edges and class names of the training rows. Throws UsageError naming table and column where they cannot be learned.
models::data::LabelScheme learned_labels(const TrainData& data, const models::data::Split& split);

/// The examples with the targets that `scheme` gives them. Throws UsageError where all training rows have the same.
models::data::Dataset labelled(const TrainData& data, const models::data::LabelScheme& scheme,
                               const models::data::Split& split);

}  // namespace hitscope::apps::examples
