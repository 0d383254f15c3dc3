// Chooses rows to leave the training rows when rows are independent: the same fraction of every class.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "models/data/group_numbers.h"

namespace hitscope::models::data {

/// The number of rows to take from each class, [n_classes], for `class_sizes` [n_classes]: about `fraction` of each,
/// together `fraction` of all rows rounded, but at least one row and leaving at least `n_left`. A class of one row
/// stays; a class of two or more is on both sides if the total allows.
std::vector<std::size_t> stratified_counts(std::span<const std::size_t> class_sizes, double fraction,
                                           std::size_t n_left);
/// The number of rows of every class that stratified_counts gives, drawn from `rows`.
std::vector<std::size_t> choose_stratified(std::span<const std::size_t> rows, const ClassNumbers& classes,
                                           double fraction, std::size_t n_left, std::mt19937_64& random);

}  // namespace hitscope::models::data
