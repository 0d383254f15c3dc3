// Chooses whole groups to leave the training rows, such that their rows are close to a fraction of all rows and of
// every class.
//
// An exact solution is a knapsack problem with one constraint per class; this takes the best of several random choices
// and then exchanges groups while that helps. Leaving a class out of either side, if it has groups enough for both,
// costs more than any difference in size.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// Ids (GroupCounts::id) of the chosen groups, at least one. At least `n_left` groups stay, for every class too as far
/// as it has that many; a class in a single group stays. `n_left` must be less than counts.n_groups().
std::vector<std::size_t> choose_groups(const GroupCounts& counts, double fraction, std::size_t n_left,
                                       std::mt19937_64& random);

}  // namespace hitscope::models::data
