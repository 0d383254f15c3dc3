// Draws whole groups of rows with replacement, for every bootstrap of comparison.h. Internal to models/evaluation.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/evaluation/comparison.h"

namespace hitscope::models::evaluation {

/// Throws std::invalid_argument unless the three numbers are equal and not 0.
inline void require_rows(std::size_t n_targets, std::size_t n_predicted, std::size_t n_groups) {
  if (n_targets > 0 && n_targets == n_predicted && n_targets == n_groups) return;
  throw std::invalid_argument("bootstrap: " + std::to_string(n_targets) + " targets, " + std::to_string(n_predicted) +
                              " predictions and " + std::to_string(n_groups) + " groups must be as many, and some");
}

/// Groups numbered in order of first appearance; `of_row` is [n_rows].
struct Groups {
  explicit Groups(std::span<const std::string> names) {
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    for (const std::string& name : names) {
      const bool is_new = name.empty() || numbers.emplace(name, n_groups).second;
      of_row.push_back(is_new ? n_groups++ : numbers.at(name));
    }
  }
  std::vector<std::uint32_t> of_row;
  std::uint32_t n_groups = 0;
};

/// Calls visit(drawn) in each of kBootstrapRounds rounds; drawn [n_groups] is how often each group was drawn.
template <typename Visit>
void resample(std::uint32_t n_groups, std::uint64_t seed, const Visit& visit) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> drawn(n_groups);
  for (int round = 0; round < kBootstrapRounds; ++round) {
    std::fill(drawn.begin(), drawn.end(), 0U);
    for (std::uint32_t i = 0; i < n_groups; ++i) ++drawn[random() % n_groups];
    visit(drawn);
  }
}

/// The interval from the 2.5th to the 97.5th percentile of `values`; NaN if one of them is NaN.
inline Interval percentile_95(std::vector<double> values) {
  if (std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); })) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan};
  }
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = [&](double q) { return values[static_cast<std::size_t>(std::lround(q * last))]; };
  return {at(0.025), at(0.975)};
}

}  // namespace hitscope::models::evaluation
