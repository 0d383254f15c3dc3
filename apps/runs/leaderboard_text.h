// The leaderboard as text: cells for a terminal, metrics.json, leaderboard.csv and leaderboard.json.
// Thread safety: free functions without shared state.
#pragma once

#include <string>

#include "apps/runs/fitted_cells.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

/// One row per baseline and head: the main score with its 95 % interval, whether it beats the best constant, the
/// interval that decides it, then the other scores in the order of models/evaluation/scores.h, then times and size. For
/// a terminal, the other scores have no intervals, those for files only are left out, and only as many are shown as
/// fit.
Cells leaderboard_cells(const models::evaluation::Leaderboard& board, Width width = Width::kAll);
/// What the table is sorted by and what its verdicts compare, in a line.
std::string legend_of(const models::evaluation::Leaderboard& board);
/// The text of metrics.json: every score of every row and pair, without times; NaN becomes null.
std::string metrics_json(const models::evaluation::Leaderboard& board);
/// The text of leaderboard.csv and leaderboard.json: one row per baseline and head, with full digits and costs.
std::string leaderboard_csv(const models::evaluation::Leaderboard& board);
std::string leaderboard_json(const models::evaluation::Leaderboard& board);

}  // namespace hitscope::apps::runs
