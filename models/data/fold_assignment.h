// Assigns rows or groups to the test parts of k folds as scikit-learn 1.2 does, without its dense table of groups and
// classes.
//
// Without a generator the results equal those of StratifiedKFold, StratifiedGroupKFold and GroupKFold row by row,
// including NumPy's order of summation, which decides between groups with equal spread of classes. With a generator,
// the rows of a class or the groups are shuffled first; the class counts of a fold (stratified_folds) stay the same.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// The fold of every row, [n_rows] in 0..n_folds-1, as StratifiedKFold assigns it; also when every class has fewer rows
/// than there are folds, which scikit-learn refuses. `random` may be null.
std::vector<int> stratified_folds(const ClassNumbers& classes, int n_folds, std::mt19937_64* random);

/// The fold of every group of `counts`, [counts.n_groups()] in 0..n_folds-1, as StratifiedGroupKFold assigns groups in
/// that order. With a single class it is GroupKFold's (largest group to the lightest fold), because
/// StratifiedGroupKFold would take the groups in the order of their names. Among groups of equal size the last comes
/// first; scikit-learn leaves that to an unstable sort, so folds then agree in size only. A fold that would be empty,
/// which scikit-learn allows, gets the smallest group of the fold with the most groups. Needs at least n_folds groups.
/// `random` may be null.
std::vector<int> group_folds(const GroupCounts& counts, int n_folds, std::mt19937_64* random);

/// The first test row of each fold among `sorted_times` [n_rows], followed by n_rows: [n_folds + 1]. These are
/// TimeSeriesSplit's boundaries, moved to the nearest ones between two different times. Throws std::invalid_argument
/// for fewer than n_folds + 2 different times, because the first two are needed to train and validate.
std::vector<std::size_t> temporal_folds(std::span<const double> sorted_times, int n_folds);

}  // namespace hitscope::models::data
