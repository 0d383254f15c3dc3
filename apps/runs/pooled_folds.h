// The test rows of all folds as one: each row predicted once, by heads that have not seen it.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apps/runs/split_result.h"

namespace hitscope::apps::runs {

/// Of one head, row by row in the folds' order.
struct OutOfFold {
  std::vector<int> classes;
  std::vector<double> values;  ///< of a regression
};

struct PooledFolds {
  std::vector<int> targets;           ///< classes as each row's fold has learned them
  std::vector<double> target_values;  ///< of a regression
  std::vector<std::string> groups;
  std::map<std::string, OutOfFold> heads;
  int n_classes = 0;
};

void pool(PooledFolds& pooled, const examples::TrainData& data, const SplitResult& fold);
/// A row for each head, bootstrapped over groups of all folds: its scores as far as predicted classes or values
/// suffice, held against the best constant of all rows (their mean). Without ranking and costs.
std::vector<models::evaluation::LeaderboardRow> pooled_rows(const PooledFolds& pooled, std::uint64_t seed);

}  // namespace hitscope::apps::runs
