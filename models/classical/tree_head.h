// A random forest and gradient-boosted trees on table columns: two heads over Trees.
//
// Input: TableEncoder columns of the training rows; where the target is a class, resampled and weighted as
// data::Preprocessing says, and for values fitted by squared error (scikit-learn's RandomForestRegressor, XGBoost's
// reg:squarederror). random_forest has no epochs and no use for validation rows, and leaves them out. boosted_trees
// adds up to 500 rounds and keeps those up to the best log loss (weighted as the training rows are) or squared error on
// validation rows, or 100 where there are none; EarlyStopping::patience is in rounds. Neither writes checkpoints: a fit
// takes seconds. Files: random_forest.trees or boosted_trees.trees (see models/classical/trees.h); NAME.features.json.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical {

extern const HeadInfo kRandomForest;
extern const HeadInfo kBoostedTrees;

}  // namespace hitscope::models::classical
