// A random forest and gradient-boosted trees on table columns: two heads over Trees.
//
// Input: TableEncoder columns of the training rows, resampled and weighted as FitOptions says. random_forest has no
// epochs and no use for validation rows, and leaves them out. boosted_trees adds up to 500 rounds and keeps those up to
// the best log loss on validation rows (weighted as the training rows are), or 100 where there are none;
// FitOptions::patience is in rounds, max_epochs, batch_size and learning_rate are the networks'. Neither writes
// checkpoints: a fit takes seconds. Classes only.
// Files: random_forest.trees or boosted_trees.ubj (see models/classical/trees.h); NAME.features.json.
#pragma once

#include <memory>

#include "models/head.h"

namespace hitscope::models {

std::unique_ptr<Head> make_random_forest_head();
std::unique_ptr<Head> make_boosted_trees_head();

}  // namespace hitscope::models
