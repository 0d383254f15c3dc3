// Heads of decision trees on table columns, with scikit-learn 1.2's parameters: decision_tree, random_forest,
// extra_trees, gradient_boosting, adaboost; and boosted_trees, XGBoost's.
//
// All learn classes and values (squared error). boosted_trees adds up to 500 rounds and keeps those up to the best log
// loss (weighted as the training rows are) or squared error on validation rows, or 100 where there are none;
// EarlyStopping::patience is in rounds. The others leave validation rows out. None writes checkpoints: a fit takes
// seconds. Files: STEM.trees (see trees.h); STEM.features.json.
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::trees {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::trees
