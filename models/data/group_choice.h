// Which groups leave the training rows: whole groups whose rows are close to a fraction in number and in every class.
//
// An exact answer is a knapsack with one constraint per class; this takes the best of several random choices and then
// exchanges groups while that helps. Losing a class from either side, where its groups allow both, costs more than any
// difference in size. Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// Numbers (GroupCounts::id) of the chosen groups: at least one, and at least `n_left` others stay, of every class in
/// as many groups as there are for it. A class of a single group stays. n_left must be under counts.n_groups().
std::vector<std::size_t> choose_groups(const GroupCounts& counts, double fraction, std::size_t n_left,
                                       std::mt19937_64& random);

}  // namespace hitscope::models::data
