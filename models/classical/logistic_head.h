// Multinomial logistic regression on table columns.
//
// scikit-learn's LogisticRegression(C=1): minimises the summed cross-entropy + |W|^2 / 2, bias free, by L-BFGS in
// double precision. Input: TableEncoder columns. It has no epochs and no use for validation rows, and leaves them out.
// Weights: logistic.safetensors with linear.weight [n_classes, n_columns], linear.bias; logistic.features.json.
#pragma once

#include "models/head.h"

namespace hitscope::models::classical {

extern const HeadInfo kLogistic;

}  // namespace hitscope::models::classical
