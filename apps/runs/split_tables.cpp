#include "apps/runs/split_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/runs/leaderboard_text.h"
#include "ingest/tables/csv.h"

namespace hitscope::apps::runs {
namespace {

using Cells = std::vector<std::vector<std::string>>;

struct Measure {
  const char* name;
  double (*value)(const models::evaluation::LeaderboardRow&);
};

std::vector<Measure> measures(const models::evaluation::Leaderboard& board) {
  if (board.is_regression) {
    return {{"R²", [](const models::evaluation::LeaderboardRow& r) { return r.values.r2; }},
            {"MAE", [](const models::evaluation::LeaderboardRow& r) { return r.values.mae; }},
            {"Spearman", [](const models::evaluation::LeaderboardRow& r) { return r.values.spearman; }}};
  }
  return {{"accuracy", [](const models::evaluation::LeaderboardRow& r) { return r.scores.accuracy; }},
          {"macro-F1", [](const models::evaluation::LeaderboardRow& r) { return r.scores.macro_f1; }},
          {"ROC-AUC", [](const models::evaluation::LeaderboardRow& r) { return r.scores.roc_auc; }},
          {"log-loss", [](const models::evaluation::LeaderboardRow& r) { return r.scores.log_loss; }}};
}

const models::evaluation::LeaderboardRow* row_named(const models::evaluation::Leaderboard& board,
                                                    const std::string& name) {
  const auto found = std::find_if(board.rows.begin(), board.rows.end(), [&](const auto& r) { return r.name == name; });
  return found == board.rows.end() ? nullptr : &*found;
}

/// Names of all rows, in the first board's order; baselines that only some splits have come after the others.
std::vector<std::string> row_names(const std::vector<NamedBoard>& boards) {
  std::vector<std::string> baselines;
  std::vector<std::string> heads;
  for (const NamedBoard& board : boards) {
    for (const models::evaluation::LeaderboardRow& row : board.board.rows) {
      auto& names = row.is_baseline ? baselines : heads;
      if (std::find(names.begin(), names.end(), row.name) == names.end()) names.push_back(row.name);
    }
  }
  baselines.insert(baselines.end(), heads.begin(), heads.end());
  return baselines;
}

bool beats(const models::evaluation::Leaderboard& board, const models::evaluation::LeaderboardRow& row) {
  return board.is_regression ? row.values_uncertainty.beats_mean() : row.uncertainty.beats_majority();
}

}  // namespace

Cells split_comparison(const std::vector<NamedBoard>& boards) {
  constexpr std::size_t kShown = 2;
  const auto all = measures(boards.front().board);
  Cells cells{{"head"}};
  for (std::size_t m = 0; m < kShown; ++m) {
    for (const NamedBoard& board : boards) cells[0].push_back(fmt::format("{}, {}", all[m].name, board.name));
  }
  for (const std::string& name : row_names(boards)) {
    cells.push_back({name});
    for (std::size_t m = 0; m < kShown; ++m) {
      for (const NamedBoard& board : boards) {
        const models::evaluation::LeaderboardRow* row = row_named(board.board, name);
        cells.back().push_back(row == nullptr ? "-" : fmt::format("{:.3f}", all[m].value(*row)));
      }
    }
  }
  cells.push_back({"(audit)"});
  for (std::size_t m = 0; m < kShown; ++m) {
    for (const NamedBoard& board : boards) cells.back().push_back(board.board.is_clean ? "clean" : "LEAK");
  }
  return cells;
}

Cells fold_table(const std::vector<NamedBoard>& boards, const std::vector<PooledRow>& pooled) {
  const auto all = measures(boards.front().board);
  Cells cells{{"head"}};
  for (const Measure& measure : all) cells[0].emplace_back(measure.name);
  const bool is_regression = boards.front().board.is_regression;
  cells[0].push_back(is_regression ? "beats the mean in" : "beats majority in");
  cells[0].push_back(is_regression ? "R², as one [95 %]" : "accuracy, as one [95 %]");
  cells[0].push_back("beats it as one");
  for (const std::string& name : row_names(boards)) {
    cells.push_back({name});
    bool is_baseline = false;
    for (const Measure& measure : all) {
      std::vector<double> values;
      for (const NamedBoard& board : boards) {
        if (const models::evaluation::LeaderboardRow* row = row_named(board.board, name))
          values.push_back(measure.value(*row));
      }
      const auto n = static_cast<double>(values.size());
      double mean = 0.0;
      for (const double v : values) mean += v / n;
      double squares = 0.0;
      for (const double v : values) squares += (v - mean) * (v - mean);
      const double deviation = n > 1.0 ? std::sqrt(squares / (n - 1.0)) : 0.0;
      cells.back().push_back(std::isnan(mean) ? "-" : fmt::format("{:.3f} ± {:.3f}", mean, deviation));
    }
    std::size_t n_beaten = 0;
    for (const NamedBoard& board : boards) {
      const models::evaluation::LeaderboardRow* row = row_named(board.board, name);
      is_baseline = is_baseline || (row != nullptr && row->is_baseline);
      n_beaten += row != nullptr && beats(board.board, *row) ? 1 : 0;
    }
    cells.back().push_back(is_baseline ? "baseline" : fmt::format("{} of {}", n_beaten, boards.size()));
    const auto one = std::find_if(pooled.begin(), pooled.end(), [&](const PooledRow& row) { return row.name == name; });
    const bool has_one = one != pooled.end();
    cells.back().push_back(
        has_one ? fmt::format("{:.3f} [{:.3f}, {:.3f}]", one->first, one->first_95.low, one->first_95.high) : "-");
    cells.back().push_back(has_one ? one->beats_baseline ? "yes" : "no" : "-");
  }
  return cells;
}

std::string folds_json(const std::vector<NamedBoard>& boards, const std::vector<PooledRow>& pooled) {
  using nlohmann::ordered_json;
  // What is not defined is written as null.
  const auto interval = [](const models::evaluation::Interval& i) { return ordered_json{i.low, i.high}; };
  ordered_json folds = ordered_json::array();
  for (const NamedBoard& board : boards) folds.push_back(ordered_json::parse(metrics_json(board.board)));
  const bool is_regression = boards.front().board.is_regression;
  ordered_json rows = ordered_json::array();
  for (const PooledRow& row : pooled) {
    rows.push_back({{"name", row.name},
                    {is_regression ? "r2" : "accuracy", row.first},
                    {is_regression ? "r2_95" : "accuracy_95", interval(row.first_95)},
                    {is_regression ? "mae" : "macro_f1", row.second},
                    {is_regression ? "mae_95" : "macro_f1_95", interval(row.second_95)},
                    {is_regression ? "mae_below_mean_95" : "accuracy_over_majority_95", interval(row.advantage)},
                    {is_regression ? "beats_mean" : "beats_majority", row.beats_baseline}});
  }
  return ordered_json{{"format_version", 1}, {"pooled", rows}, {"folds", folds}}.dump(2) + "\n";
}

std::string fold_csv(const std::vector<NamedBoard>& boards) {
  const auto all = measures(boards.front().board);
  std::vector<std::string> header{"fold", "head", "is_baseline"};
  for (const Measure& measure : all) header.emplace_back(measure.name);
  std::string lines = ingest::tables::csv_line(header);
  for (const NamedBoard& board : boards) {
    for (const models::evaluation::LeaderboardRow& row : board.board.rows) {
      std::vector<std::string> cells{board.name, row.name, row.is_baseline ? "true" : "false"};
      for (const Measure& measure : all) {
        const double value = measure.value(row);
        cells.push_back(std::isnan(value) ? "" : fmt::format("{}", value));
      }
      lines += ingest::tables::csv_line(cells);
    }
  }
  return lines;
}

}  // namespace hitscope::apps::runs
