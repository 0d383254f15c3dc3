#include "models/evaluation/leaderboard.h"

#include <algorithm>

namespace hitscope::models::evaluation {

void sort_leaderboard(Leaderboard& board) {
  const auto value = [&](const LeaderboardRow& row) {
    return board.is_regression ? row.values.r2 : row.scores.macro_f1;
  };
  std::stable_sort(board.rows.begin(), board.rows.end(), [&](const LeaderboardRow& a, const LeaderboardRow& b) {
    if (a.is_baseline != b.is_baseline) return a.is_baseline;
    return !a.is_baseline && value(a) > value(b);
  });
}

}  // namespace hitscope::models::evaluation
