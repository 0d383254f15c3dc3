// Which rows leave the training rows when rows are independent: every class by the same fraction.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// About `fraction` of every class, together exactly what the rows of all classes round to (but at least one row and
/// not the last `n_left`). A class of one row stays; one of two or more is on both sides where the number of rows
/// allows: [n_classes] in, [n_classes] out.
std::vector<std::size_t> stratified_counts(std::span<const std::size_t> class_sizes, double fraction,
                                           std::size_t n_left);
/// That many rows of every class, drawn from `rows`.
std::vector<std::size_t> choose_stratified(std::span<const std::size_t> rows, const ClassNumbers& classes,
                                           double fraction, std::size_t n_left, std::mt19937_64& random);

}  // namespace hitscope::models::data
