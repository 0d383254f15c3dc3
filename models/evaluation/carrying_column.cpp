#include "models/evaluation/carrying_column.h"

#include <algorithm>
#include <cmath>

#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::models::evaluation {

std::vector<std::string> carrying_columns(const Leaderboard& board,
                                          const std::map<std::string, std::vector<Importance>>& importances) {
  constexpr double kLeastLead = 0.05;
  constexpr double kShare = 0.5;
  const ScoreInfo& main = measures_of(board).main();
  double baseline = 0.0;
  for (const LeaderboardRow& row : board.rows) {
    if (row.is_baseline && !std::isnan(main.value(row))) baseline = std::max(baseline, main.value(row));
  }
  for (const LeaderboardRow& row : board.rows) {
    const auto found = importances.find(row.name);
    if (row.is_baseline || found == importances.end() || found->second.empty()) continue;
    const Standing standing = verdict_of(row).standing;
    if (standing == Standing::kTooFewRows || standing == Standing::kNotBetter) return {};
    const double lead = main.value(row) - baseline;
    const Importance& first = found->second.front();  // the most important
    if (lead >= kLeastLead && first.mean >= kShare * lead) {
      return first.group.empty() ? std::vector{first.column} : first.group;
    }
    return {};
  }
  return {};
}

data::Examples without_columns(const data::Examples& examples, const std::vector<std::string>& columns) {
  data::Examples result = examples;
  const auto is_one = [&](const auto& c) { return std::find(columns.begin(), columns.end(), c.name) != columns.end(); };
  std::erase_if(result.table.numeric, is_one);
  std::erase_if(result.table.categorical, is_one);
  return result;
}

}  // namespace hitscope::models::evaluation
