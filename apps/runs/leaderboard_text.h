// The leaderboard as text: cells for a terminal, metrics.json, leaderboard.csv and leaderboard.json.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

/// The leaderboard as cells; the first row names the columns.
std::vector<std::vector<std::string>> leaderboard_cells(const models::evaluation::Leaderboard& board);
/// Heads against each other as cells; empty with fewer than two heads.
std::vector<std::vector<std::string>> pair_cells(const models::evaluation::Leaderboard& board);

/// metrics.json: every score of every row and pair, no times; NaN becomes null.
std::string metrics_json(const models::evaluation::Leaderboard& board);
/// leaderboard.csv and leaderboard.json: one row each, scores in full digits, with costs.
std::string leaderboard_csv(const models::evaluation::Leaderboard& board);
std::string leaderboard_json(const models::evaluation::Leaderboard& board);

}  // namespace hitscope::apps::runs
