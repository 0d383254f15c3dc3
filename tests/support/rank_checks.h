// What the roles of rank_worker share: tensors, this rank's rows of a batch, comparisons that are printed.
#pragma once

#include <cmath>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "models/neural/ranks/ranks.h"

namespace hitscope::tests {

using namespace models;
using namespace models::neural;
using namespace models::neural::ranks;

using Words = std::vector<std::string>;
using torch::Tensor;

/// False as soon as one comparison was too far off.
inline bool all_close = true;

/// Prints how far off a tensor is, and notes where that is too far.
inline void compare(const std::string& what, const Tensor& ours, const Tensor& wanted, double tolerance) {
  const bool same_shape = ours.sizes() == wanted.sizes() && ours.scalar_type() == wanted.scalar_type();
  const auto difference = [&] { return (ours - wanted).abs().to(torch::kFloat64).max().item<double>(); };
  const double off = !same_shape ? INFINITY : wanted.numel() == 0 ? 0.0 : difference();
  std::cout << "compared " << what << " " << off << "\n";
  if (off <= tolerance) return;  // not so for NaN
  std::cout << "too far: more than " << tolerance << "\n";
  all_close = false;
}

/// Prints a condition, and notes where it does not hold.
inline void require(bool holds, const std::string& what) {
  std::cout << "compared " << what << "\n";
  if (!holds) std::cout << "not so\n";
  all_close = all_close && holds;
}

/// Tensors of many shapes, types and layouts; others on every rank.
inline std::vector<Tensor> tensors_of(int rank) {
  torch::manual_seed(100 + rank);
  return {torch::randn({300, 7}),
          torch::randn({}),
          torch::randn({4, 5, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast),
          torch::randn({1000}, torch::kFloat64),
          torch::randint(100, {9}, torch::kInt64),
          torch::zeros({0, 3}),
          torch::randn({50, 20}).t(),
          torch::randn({70000})};
}

/// This rank's rows of a whole batch.
struct Slice {
  std::int64_t first = 0;
  std::int64_t n = 0;
  Tensor of(const Tensor& whole) const { return whole.narrow(0, first, n); }
};

/// Words: rows of rank 0, of rank 1, …
inline Slice slice_of(const Ranks& ranks, const Words& words) {
  Slice slice;
  for (int rank = 0; rank < ranks.rank(); ++rank) slice.first += std::stoi(words.at(rank));
  slice.n = std::stoi(words.at(ranks.rank()));
  return slice;
}

/// Rows of all ranks together.
inline std::int64_t n_rows(const Words& words) {
  return std::accumulate(words.begin(), words.end(), 0, [](int n, const std::string& w) { return n + std::stoi(w); });
}

}  // namespace hitscope::tests
