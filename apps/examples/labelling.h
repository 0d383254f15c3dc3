// Labels of a table's examples: models/data/labelling.h, with errors that name the table and the column.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/examples/train_data.h"
#include "models/data/labels.h"
#include "models/data/split.h"
#include "models/data/targets.h"

namespace hitscope::apps::examples {

/// Edges and class names of the training rows. Throws UsageError naming table and column where they cannot be learned.
models::data::LabelScheme learned_labels(const TrainData& data, const models::data::Split& split);

/// The class or value that `scheme` gives each example. Throws UsageError where all training rows have the same.
models::data::Targets targets_of(const TrainData& data, const models::data::LabelScheme& scheme,
                                 const models::data::Split& split);

}  // namespace hitscope::apps::examples
