// Whether one column, or a few that tell one another, carry the score: a table that was sampled by one, or a column
// that is known too late, looks so. Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/data/examples.h"
#include "models/evaluation/importance.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

/// The column, or the group of Importance::group, whose shuffling costs the best of the heads with `importances` half
/// of its lead over the best baseline in the main score, or more; empty where none does, the lead is below 0.05, or the
/// head is not shown to be better than chance. The board must be sorted.
std::vector<std::string> carrying_columns(const Leaderboard& board,
                                          const std::map<std::string, std::vector<Importance>>& importances);

/// The examples without these columns of their table.
data::Examples without_columns(const data::Examples& examples, const std::vector<std::string>& columns);

}  // namespace hitscope::models::evaluation
