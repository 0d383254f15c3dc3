// The comparisons of pairs of heads as text: cells for a terminal, and JSON.
// Thread safety: free functions without shared state.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "apps/runs/fitted_cells.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

/// The comparisons as cells, the main score first; empty with fewer than two heads.
Cells pair_cells(const models::evaluation::Leaderboard& board, Width width = Width::kAll);
/// The same for metrics.json; what is not defined is null.
nlohmann::ordered_json pairs_json(const models::evaluation::Leaderboard& board);

}  // namespace hitscope::apps::runs
