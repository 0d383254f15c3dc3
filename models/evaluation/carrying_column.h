// Whether one column carries the score: a table that was sampled by it, or a column that is known too late, looks so.
// Thread safety: free functions without shared state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/data/examples.h"
#include "models/evaluation/importance.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::models::evaluation {

/// The column whose shuffling costs the best of the heads with `importances` half of its lead over the best baseline in
/// the main score, or more; nullopt where none does, the lead is below 0.05, or the head is not shown to be better than
/// chance. The board must be sorted.
std::optional<std::string> carrying_column(const Leaderboard& board,
                                           const std::map<std::string, std::vector<Importance>>& importances);

/// The examples without a column of their table.
data::Examples without_column(const data::Examples& examples, const std::string& column);

}  // namespace hitscope::models::evaluation
