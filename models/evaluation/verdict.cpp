#include "models/evaluation/verdict.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "models/evaluation/scores.h"

namespace hitscope::models::evaluation {
namespace {

std::string rows_too_few(const LeaderboardRow& row) {
  return "too few test rows to tell (" + std::to_string(row.n_rows) + ")";
}

bool is_apart(const ClassResult& result) {
  return result.uncertainty.tells_classes_apart() || result.of_probabilities.ranks_above_chance() ||
         result.of_probabilities.knows_more_than_shares();
}

/// Share of the rows that the commonest class has.
double constant_accuracy(const Scores& scores) {
  std::size_t most = 0;
  std::size_t all = 0;
  for (const ClassScore& c : scores.classes) {
    most = std::max(most, c.support);
    all += c.support;
  }
  return static_cast<double>(most) / static_cast<double>(all);
}

/// Whether so many rows could show a lead of this size: the share of rows that a head gets right in addition is
/// then 1.96 of its standard errors above 0, were all else certain.
bool can_show(double lead, std::size_t n_rows) {
  constexpr double kSquaredQuantile = 3.84;
  return static_cast<double>(n_rows) * lead >= kSquaredQuantile * (1.0 - lead);
}

struct StandingOf {
  const LeaderboardRow& row;

  Verdict operator()(const ClassResult& result) const {
    if (result.uncertainty.beats_majority()) return {Standing::kBetter, "yes"};
    if (is_apart(result)) {
      const bool by_classes = result.uncertainty.tells_classes_apart() || result.of_probabilities.ranks_above_chance();
      return {Standing::kAboveChance, by_classes ? "no, but tells classes apart" : "no, but better probabilities"};
    }
    const double lead = std::min(kNotable.accuracy, (1.0 - constant_accuracy(result.scores)) / 2.0);
    const Interval& advantage = result.uncertainty.advantage;
    const bool is_constant = advantage.low == 0.0 && advantage.high == 0.0;
    const bool accuracy_open = lead > 0.0 && !is_constant && (advantage.high >= lead || !can_show(lead, row.n_rows));
    const bool ranking_open = result.of_probabilities.roc_auc.high >= kNotable.roc_auc;
    if (accuracy_open || ranking_open) return {Standing::kTooFewRows, rows_too_few(row)};
    return {Standing::kNotBetter, "no"};
  }

  Verdict operator()(const ValueResult& result) const {
    const RegressionUncertainty& sure = result.uncertainty;
    if (sure.beats_mean() && sure.beats_median()) return {Standing::kBetter, "yes"};
    if (sure.beats_mean()) return {Standing::kBetterInPart, "in R² only"};
    if (sure.beats_median()) return {Standing::kBetterInPart, "in MAE only"};
    if (sure.spearman.low > 0.0) return {Standing::kAboveChance, "no, but orders the rows"};
    const bool is_constant = std::isnan(sure.spearman.low);
    if (sure.r2.high >= kNotable.r2 || (!is_constant && !can_show(kNotable.r2, row.n_rows)))
      return {Standing::kTooFewRows, rows_too_few(row)};
    return {Standing::kNotBetter, "no"};
  }
};

/// The names joined as in a sentence: "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return text;
}

/// Whether the interval of the main score's difference of two heads holds 0.
struct IsWithinChance {
  static bool holds_zero(const Interval& interval) { return !(interval.low > 0.0) && !(interval.high < 0.0); }
  bool operator()(const PairedComparison& c) const { return holds_zero(c.macro_f1_interval); }
  bool operator()(const PairedValueComparison& c) const { return holds_zero(c.r2_interval); }
};

/// The first head of a sorted board.
std::vector<LeaderboardRow>::const_iterator best_head(const Leaderboard& board) {
  return std::find_if(board.rows.begin(), board.rows.end(), [](const LeaderboardRow& row) { return !row.is_baseline; });
}

std::string rounded(double value) {
  std::string text = std::to_string(std::round(value * 1000.0) / 1000.0);
  return text.substr(0, text.find('.') + 4);
}

}  // namespace

std::size_t count_groups(std::span<const std::string> groups) {
  std::unordered_set<std::string_view> names(groups.begin(), groups.end());
  const auto n_alone = static_cast<std::size_t>(std::count(groups.begin(), groups.end(), ""));
  if (n_alone == groups.size()) return 0;
  return names.size() - names.count("") + n_alone;
}

Verdict verdict_of(const LeaderboardRow& row) {
  if (row.is_baseline) return {Standing::kBaseline, "baseline"};
  if (row.n_groups > 0 && row.n_groups < kFewestGroups) {
    return {Standing::kTooFewRows, "too few test groups to tell (" + std::to_string(row.n_groups) + ")"};
  }
  return std::visit(StandingOf{row}, row.result);
}

bool beats_baseline(const LeaderboardRow& row) {
  return verdict_of(row).standing == Standing::kBetter;
}

bool is_above_chance(const LeaderboardRow& row) {
  const auto* result = std::get_if<ClassResult>(&row.result);
  return result != nullptr && !row.is_baseline && is_apart(*result);
}

bool is_as_good(const Leaderboard& board, const LeaderboardRow& row) {
  const auto first = best_head(board);
  if (first == board.rows.end() || first->name == row.name) return first != board.rows.end();
  const auto pair = std::find_if(board.pairs.begin(), board.pairs.end(), [&](const HeadPair& p) {
    return (p.a == first->name && p.b == row.name) || (p.b == first->name && p.a == row.name);
  });
  return pair != board.pairs.end() && std::visit(IsWithinChance{}, pair->comparison);
}

std::string best_in_words(const Leaderboard& board) {
  const auto first = best_head(board);
  if (first == board.rows.end()) return "";
  const ScoreInfo& main = measures_of(board).main();
  std::vector<std::string> as_good;
  for (auto row = std::next(first); row != board.rows.end(); ++row) {
    if (is_as_good(board, *row)) as_good.push_back(row->name);
  }
  std::string text = "Best: " + first->name + " (" + std::string(main.title) + " " + rounded(main.value(*first)) + ").";
  if (!as_good.empty())
    text += " " + listed(as_good) + (as_good.size() == 1 ? " is" : " are") + " as good within chance.";
  const auto alone = std::find_if(board.without.begin(), board.without.end(),
                                  [](const LeaderboardRow& row) { return !row.is_baseline; });
  if (alone != board.without.end()) {
    std::vector<std::string> quoted;
    for (const std::string& column : board.carrying) quoted.push_back("'" + column + "'");
    const bool is_one = quoted.size() == 1;
    text += " " + listed(quoted) + (is_one ? " carries" : " carry") + " most of it: without " +
            (is_one ? "that column " : "these columns ") + alone->name + " has " + rounded(main.value(*alone)) + ".";
  }
  const bool any_better = std::any_of(first, board.rows.end(), beats_baseline);
  if (!any_better) {
    text += std::holds_alternative<ClassResult>(first->result)
                ? " No head is shown to be better than always answering the commonest class."
                : " No head is shown to be better than always answering the mean and the median.";
  }
  return text;
}

}  // namespace hitscope::models::evaluation
