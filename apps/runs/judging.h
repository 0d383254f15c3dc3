// Heads and baselines on the test rows: scores, intervals, order, pairs.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/data/split.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps {

/// The test rows of a split and what all heads are judged by.
struct Bench {
  const TrainData& data;
  const models::Dataset& dataset;
  const models::LabelScheme& labels;
  const models::Split& split;
  std::vector<std::size_t> test;  ///< dataset rows
  std::uint64_t seed = 1;
};

/// majority and prior (mean and median of a regression), and the group mean where groups recur in the test rows.
std::vector<models::LeaderboardRow> baseline_rows(const Bench& bench);
models::LeaderboardRow judged(const Bench& bench, const std::string& name, const models::Probabilities& predicted);
models::LeaderboardRow judged(const Bench& bench, const std::string& name, const std::vector<double>& values);
/// The test rows' predictions of two heads against each other.
models::HeadPair compared(const Bench& bench, const std::string& a, const models::Probabilities& of_a,
                          const std::string& b, const models::Probabilities& of_b);
/// The class that most test rows have. A head must beat always answering it, whatever the training rows' majority is:
/// where the shares have moved, as they do over time, that baseline is too easy.
int best_constant(const Bench& bench);

}  // namespace hitscope::apps
