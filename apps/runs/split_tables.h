// The same heads under several splits, and over the folds of a cross-validation, as tables of cells.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "apps/runs/leaderboard_text.h"
#include "apps/runs/pooled_folds.h"

namespace hitscope::apps::runs {

struct NamedBoard {
  std::string name;  ///< of the split or the fold
  models::evaluation::Leaderboard board;
};

/// One row per baseline and head of the first board; per split its accuracy and macro-F1 (R² and MAE).
std::vector<std::vector<std::string>> split_comparison(const std::vector<NamedBoard>& boards);
/// One row per baseline and head: mean ± standard deviation (n - 1) over the folds, in how many folds it beats the
/// baseline for sure, and what all test rows say as one.
std::vector<std::vector<std::string>> fold_table(const std::vector<NamedBoard>& boards,
                                                 const std::vector<PooledRow>& pooled);
/// folds.csv: one row per fold and head, in full digits.
std::string fold_csv(const std::vector<NamedBoard>& boards);
/// folds.json: the same as "folds", and the scores of all test rows as one as "pooled".
std::string folds_json(const std::vector<NamedBoard>& boards, const std::vector<PooledRow>& pooled);

}  // namespace hitscope::apps::runs
