// Probabilities of several classes from those of each pair (Wu, Lin and Weng 2004, their second method; libsvm's).
// Internal to models/classical.
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <vector>

namespace hitscope::models::classical::kernels {

/// `pairs` [n_rows, k (k - 1) / 2]: of the classes (0, 1), (0, 2), …, (1, 2), … the probability of the second. Returns
/// [n_rows, k].
std::vector<double> coupled(const std::vector<double>& pairs, std::size_t k, int n_threads);

}  // namespace hitscope::models::classical::kernels
