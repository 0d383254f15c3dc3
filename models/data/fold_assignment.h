// Which of k folds tests a row or a group: what scikit-learn 1.2 answers, without its table of all groups and classes.
//
// Without a generator the answers are those of StratifiedKFold, StratifiedGroupKFold and GroupKFold to the row, down to
// NumPy's order of summation, which decides between groups whose classes spread alike. With one, rows of a class or
// groups are shuffled first; a fold's class counts (stratified_folds) stay the same.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// Fold of every row, as StratifiedKFold has it; also where every class has fewer rows than there are folds, which
/// scikit-learn refuses. `random` may be null.
std::vector<int> stratified_folds(const ClassNumbers& classes, int n_folds, std::mt19937_64* random);

/// Fold of every group of `counts`, as StratifiedGroupKFold has it for groups in that order; of a single class as
/// GroupKFold has it (the largest group to the lightest fold), which differs: StratifiedGroupKFold would take groups in
/// the order of their names. Among groups of equal size the last comes first; scikit-learn leaves that to an unstable
/// sort, so there folds agree in size only. A fold that is left empty, which scikit-learn allows, gets the smallest
/// group of the fold with the most groups. Needs at least n_folds groups. `random` may be null.
std::vector<int> group_folds(const GroupCounts& counts, int n_folds, std::mt19937_64* random);

/// Where the test rows of each fold begin among rows sorted by time, and the number of rows at the end:
/// TimeSeriesSplit's places, moved to the nearest that part different times. Throws std::invalid_argument for fewer
/// than n_folds + 2 different times: the first two train and validate.
std::vector<std::size_t> temporal_folds(std::span<const double> sorted_times, int n_folds);

}  // namespace hitscope::models::data
