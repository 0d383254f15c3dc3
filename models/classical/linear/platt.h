// Probabilities from the scores of models that have none: Platt's sigmoid, fitted on scores of rows that the model did
// not learn (five stratified folds, as in scikit-learn's CalibratedClassifierCV(ensemble=False)).
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/classical/estimator.h"

namespace hitscope::models::classical::linear {

/// The probability of the class is sigmoid(slope * score + offset).
struct Sigmoid {
  double slope = 1.0;
  double offset = 0.0;
};

/// Fitted on `scores` [n_rows] of rows that are of the class or not, with Platt's targets.
Sigmoid fit_sigmoid(std::span<const double> scores, std::span<const int> targets, int positive,
                    std::span<const double> weights);

/// The fold of each training row, 0..n_folds-1, stratified and drawn with `seed`: neighbours in a sorted table must not
/// stand together, as they would in scikit-learn's folds of its own. Fewer folds where the rarest class has fewer rows,
/// and at least 2.
std::vector<int> inner_folds(std::span<const int> targets, int n_folds, std::uint64_t seed);

}  // namespace hitscope::models::classical::linear
