// The leaderboard as text: cells for a terminal, metrics.json, leaderboard.csv and leaderboard.json.
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "apps/runs/fitted_cells.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

/// One row per baseline and head: the main score with its 95 % interval, whether it beats the baseline, then the other
/// scores in the order of models/evaluation/scores.h, then times and size. For a terminal the others stand without
/// intervals, without those that only files list, and as many as fit.
Cells leaderboard_cells(const models::evaluation::Leaderboard& board, Width width = Width::kAll);
/// Heads against each other as cells, in macro-F1 first; empty with fewer than two heads.
Cells pair_cells(const models::evaluation::Leaderboard& board, Width width = Width::kAll);

/// metrics.json: every score of every row and pair, no times; NaN becomes null.
std::string metrics_json(const models::evaluation::Leaderboard& board);
/// leaderboard.csv and leaderboard.json: one row each, scores in full digits, with costs.
std::string leaderboard_csv(const models::evaluation::Leaderboard& board);
std::string leaderboard_json(const models::evaluation::Leaderboard& board);

}  // namespace hitscope::apps::runs
