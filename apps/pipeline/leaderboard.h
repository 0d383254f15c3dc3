// The table of scores: baselines first, then heads, each with its interval and the verdict.
// Thread safety: plain values.
#pragma once

#include <string>
#include <vector>

#include "models/evaluation/metrics.h"

namespace hitscope::apps {

struct LeaderboardRow {
  std::string name;
  bool is_baseline = false;
  models::Scores scores;
  models::Uncertainty uncertainty;
};

/// Columns of equal width, a rule under the header: for a terminal.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// The leaderboard as cells; the first row names the columns.
std::vector<std::vector<std::string>> leaderboard_cells(const std::vector<LeaderboardRow>& rows);

/// metrics.json: every score of every row; NaN becomes null.
std::string metrics_json(const std::vector<LeaderboardRow>& rows, const std::vector<std::string>& class_names);

/// Baselines in their order, then heads by macro-F1, best first.
void sort_leaderboard(std::vector<LeaderboardRow>& rows);

}  // namespace hitscope::apps
