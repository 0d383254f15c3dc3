// Tables that compare heads under several splits, or over the folds of a cross-validation.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <vector>

#include "apps/runs/leaderboard_text.h"
#include "models/evaluation/leaderboard.h"

namespace hitscope::apps::runs {

struct NamedBoard {
  std::string name;  ///< name of the split or fold
  models::evaluation::Leaderboard board;
};

/// One row per baseline and head of all boards, with two columns per split: the main score and the second score by
/// which splits are compared. For a terminal the second one is left out if it does not fit.
Cells split_comparison(const std::vector<NamedBoard>& boards, Width width = Width::kAll);
/// One row per baseline and head: mean ± standard deviation (n - 1) of the main score over the folds, the number of
/// folds in which the head beats the baseline, the main score of all folds' test rows together (`pooled`), then the
/// other scores. For a terminal only as many others as fit.
Cells fold_table(const std::vector<NamedBoard>& boards, const std::vector<models::evaluation::LeaderboardRow>& pooled,
                 Width width = Width::kAll);
/// The text of folds.csv: one row per fold and head, with full digits.
std::string fold_csv(const std::vector<NamedBoard>& boards);
/// The text of folds.json: the same under "folds", and the scores of all folds' test rows together under "pooled".
std::string folds_json(const std::vector<NamedBoard>& boards,
                       const std::vector<models::evaluation::LeaderboardRow>& pooled);

}  // namespace hitscope::apps::runs
