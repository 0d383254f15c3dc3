// Heads and baselines judged by the test rows of a split: scores, intervals, order, pairs.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"
#include "models/data/split.h"
#include "models/data/targets.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

/// The test rows of a split and what every head is judged by. All but the test rows' numbers is borrowed.
struct Bench {
  const data::Targets& targets;            ///< [n_rows]
  const data::RawTargets& raw_targets;     ///< [n_rows], for scores of order
  const std::vector<std::string>& groups;  ///< [n_rows]; an empty text is a group of its own
  const data::Split& split;
  bool is_ordered = false;        ///< whether the classes have an order
  std::vector<std::size_t> test;  ///< numbers of the test rows
  std::uint64_t seed = 1;         ///< seed of the bootstrap
};

/// majority and prior (for values mean and median), and group mean where a test row's group has training rows.
std::vector<LeaderboardRow> baseline_rows(const Bench& bench);
/// `predicted` are the test rows', in the order of `bench.test`. Throws std::bad_variant_access for values where
/// targets are classes, and the reverse.
LeaderboardRow judged(const Bench& bench, const std::string& name, const data::Predictions& predicted);
/// The test rows' predictions of two heads against each other. Throws as judged().
HeadPair compared(const Bench& bench, const std::string& a, const data::Predictions& of_a, const std::string& b,
                  const data::Predictions& of_b);
/// The class that most test rows have, the lowest of equals. A head must beat always answering it, whatever the
/// training rows' majority is: where the shares have moved, as they do over time, that baseline is too easy.
int best_constant(const Bench& bench);

}  // namespace hitscope::models::evaluation
