#include "models/evaluation/leaderboard.h"

#include <algorithm>
#include <cmath>

#include "models/evaluation/scores.h"

namespace hitscope::models::evaluation {

void sort_leaderboard(Leaderboard& board) {
  const ScoreInfo& main = measures_of(board).main();
  std::stable_sort(board.rows.begin(), board.rows.end(), [&](const LeaderboardRow& a, const LeaderboardRow& b) {
    if (a.is_baseline != b.is_baseline) return a.is_baseline;
    if (a.is_baseline) return false;
    const double score_a = main.value(a);
    const double score_b = main.value(b);
    if (std::isnan(score_a) || std::isnan(score_b)) return !std::isnan(score_a);
    return main.higher_is_better ? score_a > score_b : score_a < score_b;
  });
}

}  // namespace hitscope::models::evaluation
