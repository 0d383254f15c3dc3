// The test rows of all folds as one: each row predicted once, by heads that have not seen it.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"
#include "models/data/targets.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

/// Row by row in the folds' order.
struct PooledFolds {
  std::optional<data::Targets> targets;  ///< classes as each row's fold has learned them; empty before the first fold
  std::vector<std::string> groups;       ///< [n_rows]
  std::map<std::string, data::Targets> answers;  ///< predicted classes or values of each head
};

/// Adds a fold: the test rows' targets, groups and each head's predictions, in one order. Throws std::invalid_argument
/// for classes where the folds before had values, or the reverse.
void pool(PooledFolds& pooled, const data::Targets& targets, std::span<const std::string> groups,
          const std::map<std::string, data::Predictions>& predictions);
/// A row for each head, bootstrapped over groups of all folds: its scores as far as predicted classes or values
/// suffice, held against the best constant of all rows. Without ranking and costs.
std::vector<LeaderboardRow> pooled_rows(const PooledFolds& pooled, std::uint64_t seed);

}  // namespace hitscope::models::evaluation
