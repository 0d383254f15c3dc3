#include "apps/runs/split_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/runs/leaderboard_text.h"
#include "ingest/tables/csv.h"
#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::apps::runs {

using models::evaluation::Leaderboard;
using models::evaluation::LeaderboardRow;

namespace {

using models::evaluation::ScoreInfo;
using models::evaluation::ShortestList;

/// The scores that `list` shows, in their order.
std::vector<ScoreInfo> scores_in(ShortestList list, const Leaderboard& board) {
  std::vector<ScoreInfo> scores;
  for (const ScoreInfo& score : measures_of(board).scores) {
    if (score.shortest >= list) scores.push_back(score);
  }
  return scores;
}

std::vector<ScoreInfo> main_first(std::vector<ScoreInfo> scores) {
  std::stable_partition(scores.begin(), scores.end(), [](const ScoreInfo& score) { return score.is_main; });
  return scores;
}

const LeaderboardRow* row_named(const Leaderboard& board, const std::string& name) {
  const auto found = std::find_if(board.rows.begin(), board.rows.end(), [&](const auto& r) { return r.name == name; });
  return found == board.rows.end() ? nullptr : &*found;
}

/// Names of all rows, in the first board's order; baselines that only some splits have come after the others.
std::vector<std::string> row_names(const std::vector<NamedBoard>& boards) {
  std::vector<std::string> baselines;
  std::vector<std::string> heads;
  for (const NamedBoard& board : boards) {
    for (const LeaderboardRow& row : board.board.rows) {
      auto& names = row.is_baseline ? baselines : heads;
      if (std::find(names.begin(), names.end(), row.name) == names.end()) names.push_back(row.name);
    }
  }
  baselines.insert(baselines.end(), heads.begin(), heads.end());
  return baselines;
}

/// Mean and standard deviation of a score over the folds that have the row: "0.702 ± 0.012".
std::string mean_cell(const ScoreInfo& score, const std::vector<NamedBoard>& boards, const std::string& name) {
  std::vector<double> values;
  for (const NamedBoard& board : boards) {
    if (const LeaderboardRow* row = row_named(board.board, name)) values.push_back(score.value(*row));
  }
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double v : values) mean += v / n;
  double squares = 0.0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double deviation = n > 1.0 ? std::sqrt(squares / (n - 1.0)) : 0.0;
  return std::isnan(mean) ? "-" : fmt::format("{:.3f} ± {:.3f}", mean, deviation);
}

/// The number of folds in which a head beats the baseline: "2 of 3".
std::string beats_cell(const std::vector<NamedBoard>& boards, const std::string& name) {
  std::size_t n_beaten = 0;
  for (const NamedBoard& board : boards) {
    const LeaderboardRow* row = row_named(board.board, name);
    if (row == nullptr) continue;
    if (row->is_baseline) return "baseline";
    n_beaten += beats_baseline(*row) ? 1 : 0;
  }
  return fmt::format("{} of {}", n_beaten, boards.size());
}

/// A score of all folds' test rows together; "-" of a baseline, which each fold has its own of.
std::string pooled_cell(const ScoreInfo& score, const LeaderboardRow* row) {
  if (row == nullptr) return "-";
  const models::evaluation::Interval interval = score.interval(*row);
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", score.value(*row), interval.low, interval.high);
}

}  // namespace

Cells split_comparison(const std::vector<NamedBoard>& boards, Width width) {
  const auto scores = main_first(scores_in(ShortestList::kSplits, boards.front().board));
  Cells cells{{"head"}};
  for (const ScoreInfo& score : scores) {
    for (const NamedBoard& board : boards) cells[0].push_back(fmt::format("{}, {}", score.title, board.name));
  }
  for (const std::string& name : row_names(boards)) {
    cells.push_back({name});
    for (const ScoreInfo& score : scores) {
      for (const NamedBoard& board : boards) {
        const LeaderboardRow* row = row_named(board.board, name);
        cells.back().push_back(row == nullptr ? "-" : fmt::format("{:.3f}", score.value(*row)));
      }
    }
  }
  cells.push_back({"(audit)"});
  for (std::size_t s = 0; s < scores.size(); ++s) {
    for (const NamedBoard& board : boards)
      cells.back().push_back(board.board.has_leak ? "LEAK" : board.board.is_clean ? "clean" : "unknown");
  }
  return width == Width::kAll ? cells : fitted(cells, 1 + boards.size(), boards.size());
}

Cells fold_table(const std::vector<NamedBoard>& boards, const std::vector<LeaderboardRow>& pooled, Width width) {
  constexpr std::size_t kNeeded = 5;
  const Leaderboard& first = boards.front().board;
  const models::evaluation::Measures& measures = measures_of(first);
  const ScoreInfo& main = measures.main();
  auto by_fold = scores_in(ShortestList::kFolds, first);
  auto of_pooled = scores_in(ShortestList::kSplits, first);
  std::erase_if(by_fold, [](const ScoreInfo& score) { return score.is_main; });
  std::erase_if(of_pooled, [](const ScoreInfo& score) { return score.is_main; });
  const auto pooled_title = [](const ScoreInfo& score) { return fmt::format("{}, pooled [95 %]", score.title); };
  Cells cells{{"head", std::string(main.title), fmt::format("{} in", measures.beats_title), pooled_title(main),
               "beats it pooled"}};
  for (const ScoreInfo& score : by_fold) cells[0].emplace_back(score.title);
  for (const ScoreInfo& score : of_pooled) cells[0].push_back(pooled_title(score));
  for (const std::string& name : row_names(boards)) {
    const auto found = std::find_if(pooled.begin(), pooled.end(), [&](const auto& row) { return row.name == name; });
    const LeaderboardRow* row = found == pooled.end() ? nullptr : &*found;
    cells.push_back({name, mean_cell(main, boards, name), beats_cell(boards, name), pooled_cell(main, row),
                     row == nullptr ? "-" : verdict_of(*row).words});
    for (const ScoreInfo& score : by_fold) cells.back().push_back(mean_cell(score, boards, name));
    for (const ScoreInfo& score : of_pooled) cells.back().push_back(pooled_cell(score, row));
  }
  return width == Width::kAll ? cells : fitted(cells, kNeeded);
}

std::string folds_json(const std::vector<NamedBoard>& boards, const std::vector<LeaderboardRow>& pooled) {
  using nlohmann::ordered_json;
  // What is not defined is written as null.
  const auto interval = [](const models::evaluation::Interval& i) { return ordered_json{i.low, i.high}; };
  ordered_json folds = ordered_json::array();
  for (const NamedBoard& board : boards) folds.push_back(ordered_json::parse(metrics_json(board.board)));
  const models::evaluation::Measures& measures = measures_of(boards.front().board);
  ordered_json rows = ordered_json::array();
  for (const LeaderboardRow& row : pooled) {
    ordered_json j{{"name", row.name}};
    for (const ScoreInfo& score : scores_in(ShortestList::kSplits, boards.front().board)) {
      const std::string key(score.key);
      j[key] = score.value(row);
      j[key + "_95"] = interval(score.interval(row));
    }
    j[std::string(measures.advantage_key)] = interval(advantage(row));
    j[std::string(measures.beats_key)] = beats_baseline(row);
    rows.push_back(std::move(j));
  }
  return ordered_json{{"format_version", 1}, {"pooled", rows}, {"folds", folds}}.dump(2) + "\n";
}

std::string fold_csv(const std::vector<NamedBoard>& boards) {
  const auto scores = scores_in(ShortestList::kFolds, boards.front().board);
  std::vector<std::string> header{"fold", "head", "is_baseline"};
  for (const ScoreInfo& score : scores) header.emplace_back(score.title);
  std::string lines = ingest::tables::csv_line(header);
  for (const NamedBoard& board : boards) {
    for (const LeaderboardRow& row : board.board.rows) {
      std::vector<std::string> cells{board.name, row.name, row.is_baseline ? "true" : "false"};
      for (const ScoreInfo& score : scores) {
        const double value = score.value(row);
        cells.push_back(std::isnan(value) ? "" : fmt::format("{}", value));
      }
      lines += ingest::tables::csv_line(cells);
    }
  }
  return lines;
}

}  // namespace hitscope::apps::runs
