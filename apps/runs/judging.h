// Heads and baselines on the test rows: scores, intervals, order, pairs.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/examples/train_data.h"
#include "models/data/split.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

/// The test rows of a split and what all heads are judged by.
struct Bench {
  const examples::TrainData& data;
  const models::data::Dataset& dataset;
  const models::data::LabelScheme& labels;
  const models::data::Split& split;
  std::vector<std::size_t> test;  ///< dataset rows
  std::uint64_t seed = 1;
};

/// majority and prior (mean and median of a regression), and the group mean where groups recur in the test rows.
std::vector<models::evaluation::LeaderboardRow> baseline_rows(const Bench& bench);
models::evaluation::LeaderboardRow judged(const Bench& bench, const std::string& name,
                                          const models::data::Probabilities& predicted);
models::evaluation::LeaderboardRow judged(const Bench& bench, const std::string& name,
                                          const std::vector<double>& values);
/// The test rows' predictions of two heads against each other.
models::evaluation::HeadPair compared(const Bench& bench, const std::string& a, const models::data::Probabilities& of_a,
                                      const std::string& b, const models::data::Probabilities& of_b);
/// The class that most test rows have. A head must beat always answering it, whatever the training rows' majority is:
/// where the shares have moved, as they do over time, that baseline is too easy.
int best_constant(const Bench& bench);

}  // namespace hitscope::apps::runs
