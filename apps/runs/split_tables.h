// The same heads under several splits, and over the folds of a cross-validation, as tables of cells.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "apps/runs/leaderboard_text.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

struct NamedBoard {
  std::string name;  ///< of the split or the fold
  models::evaluation::Leaderboard board;
};

/// One row per baseline and head of all boards; per split the main score, then the other one that splits are compared
/// by. For a terminal the other one is left out where it does not fit.
Cells split_comparison(const std::vector<NamedBoard>& boards, Width width = Width::kAll);
/// One row per baseline and head: the main score's mean ± standard deviation (n - 1) over the folds, in how many folds
/// the head beats the baseline, what all folds' test rows together (`pooled`) say, then the other scores. For a
/// terminal as many of the others as fit.
Cells fold_table(const std::vector<NamedBoard>& boards, const std::vector<models::evaluation::LeaderboardRow>& pooled,
                 Width width = Width::kAll);
/// folds.csv: one row per fold and head, in full digits.
std::string fold_csv(const std::vector<NamedBoard>& boards);
/// folds.json: the same as "folds", and the scores of all folds' test rows together as "pooled".
std::string folds_json(const std::vector<NamedBoard>& boards,
                       const std::vector<models::evaluation::LeaderboardRow>& pooled);

}  // namespace hitscope::apps::runs
