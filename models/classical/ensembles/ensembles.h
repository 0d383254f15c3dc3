// Heads made of other heads: voting (the mean of their answers) and stacking (a linear model of their answers), as
// scikit-learn's VotingClassifier(voting="soft"), StackingClassifier and the like for values.
//
// Any head on table columns may take part, with its parameters: "knn(n_neighbors=15)+logistic". stacking learns from
// answers to rows that the others did not see (five folds of the training rows); its last head is logistic regression,
// for values ridge regression with a strength chosen from 0.1, 1 and 10. Files: STEM.0.…, STEM.1.…, for each head.
// Thread safety: a free function without shared state.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::ensembles {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::ensembles
