#include "apps/runs/leaderboard_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "apps/runs/json_numbers.h"
#include "apps/runs/pair_text.h"
#include "apps/shell/printable.h"
#include "ingest/tables/csv.h"
#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::apps::runs {

using models::evaluation::Leaderboard;
using models::evaluation::LeaderboardRow;

namespace {

using models::evaluation::Interval;
using models::evaluation::ScoreInfo;
using nlohmann::ordered_json;

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

std::string with_interval(double value, const Interval& interval) {
  if (std::isnan(value)) return "-";
  return fmt::format("{} [{}, {}]", number(value), number(interval.low), number(interval.high));
}

std::string verdict(const LeaderboardRow& row, const Leaderboard& board) {
  return verdict_of(row).words + (board.has_leak && beats_baseline(row) ? ", but LEAK" : "");
}

/// The interval that decides the verdict: "+0.012 to +0.110".
std::string lead(const LeaderboardRow& row) {
  const Interval interval = advantage(row);
  if (row.is_baseline || std::isnan(interval.low)) return "-";
  return fmt::format("{:+.3f} to {:+.3f}", interval.low, interval.high);
}

void add_cost(std::vector<std::string>& cells, const LeaderboardRow& row) {
  if (row.is_baseline) {
    cells.insert(cells.end(), {"-", "-", "-"});
    return;
  }
  cells.push_back(fmt::format("{:.2f}", row.cost.fit_s));
  cells.push_back(fmt::format("{:.3f}", row.cost.predict_s));
  cells.push_back(fmt::format("{:.1f}", static_cast<double>(row.cost.n_bytes) / 1024.0));
}

/// The scores that a leaderboard shows beside the main one.
std::vector<ScoreInfo> other_scores(const Leaderboard& board, Width width) {
  std::vector<ScoreInfo> others;
  for (const ScoreInfo& score : measures_of(board).scores) {
    const bool is_for_files = score.shortest == models::evaluation::ShortestList::kFiles;
    if (score.is_main || (score.needs_order && !board.is_ordered) || (is_for_files && width == Width::kTerminal))
      continue;
    others.push_back(score);
    if (width == Width::kTerminal) others.back().interval = nullptr;
  }
  return others;
}

std::string column_title(const ScoreInfo& score) {
  return std::string(score.title) + (score.interval == nullptr ? "" : " [95 %]");
}

std::string score_cell(const ScoreInfo& score, const LeaderboardRow& row) {
  return score.interval == nullptr ? number(score.value(row)) : with_interval(score.value(row), score.interval(row));
}

/// The main score of a head that was fitted without the column that carries it.
std::string score_without(const ScoreInfo& main, const Leaderboard& board, const LeaderboardRow& row) {
  const auto found = std::find_if(board.without.begin(), board.without.end(),
                                  [&](const LeaderboardRow& other) { return other.name == row.name; });
  return found == board.without.end() ? "-" : score_cell(main, *found);
}

/// Scores by their keys, each followed by its interval where it has one.
void add_scores(ordered_json& j, std::span<const ScoreInfo> scores, const LeaderboardRow& row) {
  for (const ScoreInfo& score : scores) {
    const std::string key(score.key);
    j[key] = json_number(score.value(row));
    if (score.interval != nullptr) j[key + "_95"] = json_interval(score.interval(row));
  }
}

ordered_json ranking_json(const LeaderboardRow& row) {
  ordered_json j = ordered_json::object();
  add_scores(j, models::evaluation::order_scores(), row);
  return j;
}

ordered_json classes_json(const Leaderboard& board, const models::evaluation::Scores& scores) {
  ordered_json classes = ordered_json::object();
  for (std::size_t c = 0; c < board.class_names.size(); ++c) {
    const models::evaluation::ClassScore& k = scores.classes[c];
    classes[board.class_names[c]] = {{"precision", k.precision},
                                     {"recall", k.recall},
                                     {"f1", k.f1},
                                     {"support", k.support},
                                     {"roc_auc", json_number(k.roc_auc)},
                                     {"average_precision", json_number(k.average_precision)}};
  }
  return classes;
}

/// Scores, intervals and the verdict, without classes and costs.
ordered_json scores_json(const LeaderboardRow& row) {
  const models::evaluation::Measures& measures = measures_of(row.result);
  ordered_json j{{"name", row.name}, {"is_baseline", row.is_baseline}};
  add_scores(j, measures.scores, row);
  j[std::string(measures.advantage_key)] = json_interval(advantage(row));
  j[std::string(measures.beats_key)] = beats_baseline(row);
  if (const auto* result = std::get_if<models::evaluation::ClassResult>(&row.result)) {
    j["above_chance"] = is_above_chance(row);
    j["log_loss_below_shares_95"] = json_interval(result->of_probabilities.log_loss_gain);
  }
  j["verdict"] = verdict_of(row).words;
  return j;
}

std::string dumped(const ordered_json& j) {
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json cost_json(const models::evaluation::Cost& cost) {
  return {{"fit_s", cost.fit_s},
          {"predict_s", cost.predict_s},
          {"n_bytes", cost.n_bytes},
          {"n_parameters", cost.n_parameters}};
}

}  // namespace

Cells leaderboard_cells(const Leaderboard& board, Width width) {
  const std::size_t n_needed = board.carrying.empty() ? 4 : 5;
  const models::evaluation::Measures& measures = measures_of(board);
  const ScoreInfo& main = measures.main();
  const std::vector<ScoreInfo> others = other_scores(board, width);
  Cells cells{{"head", column_title(main), std::string(measures.beats_title), std::string(measures.advantage_title)}};
  const bool is_carried = !board.carrying.empty();
  if (is_carried)
    cells[0].push_back(fmt::format("{} without {}", main.title,
                                   shell::one_line(fmt::format("{}", fmt::join(board.carrying, ", ")), 24)));
  for (const ScoreInfo& score : others) cells[0].push_back(column_title(score));
  cells[0].insert(cells[0].end(), {"fit s", "predict s", "KiB"});
  for (const LeaderboardRow& row : board.rows) {
    cells.push_back({row.name, score_cell(main, row), verdict(row, board), lead(row)});
    if (is_carried) cells.back().push_back(score_without(main, board, row));
    for (const ScoreInfo& score : others) cells.back().push_back(score_cell(score, row));
    add_cost(cells.back(), row);
  }
  return width == Width::kAll ? cells : fitted(cells, n_needed);
}

std::string legend_of(const Leaderboard& board) {
  const bool has_values = &measures_of(board) == &models::evaluation::value_measures();
  std::string text =
      fmt::format("Sorted by {}. {}\n", measures_of(board).main().title,
                  has_values ? "R² is the lead over always answering the mean, the lead in MAE that over the median:\n"
                               "a head beats both where both 95 % intervals lie above 0."
                             : "The lead is that over always answering the commonest class of the test rows:\na head "
                               "beats it where the whole 95 % interval lies above 0.");
  for (const LeaderboardRow& row : board.rows) {
    if (!row.note.empty()) text += fmt::format("{}: {}\n", row.name, row.note);
  }
  return text;
}

std::string metrics_json(const Leaderboard& board) {
  ordered_json rows = ordered_json::array();
  for (const LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(row);
    j["ranking"] = ranking_json(row);
    if (const auto* result = std::get_if<models::evaluation::ClassResult>(&row.result)) {
      j["classes"] = classes_json(board, result->scores);
      j["confusion"] = result->scores.confusion;
    }
    rows.push_back(std::move(j));
  }
  ordered_json j{{"format_version", 2}, {"clean", board.is_clean}, {"rows", rows}, {"pairs", pairs_json(board)}};
  if (!board.carrying.empty()) {
    j["without"] = {{"columns", board.carrying}, {"rows", ordered_json::array()}};
    for (const LeaderboardRow& row : board.without) j["without"]["rows"].push_back(scores_json(row));
  }
  return dumped(j);
}

std::string leaderboard_json(const Leaderboard& board) {
  ordered_json rows = ordered_json::array();
  for (const LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(row);
    j["ranking"] = ranking_json(row);
    j["cost"] = cost_json(row.cost);
    if (!row.note.empty()) j["note"] = row.note;
    rows.push_back(std::move(j));
  }
  return dumped({{"format_version", 1}, {"clean", board.is_clean}, {"rows", rows}});
}

std::string leaderboard_csv(const Leaderboard& board) {
  std::string lines;
  for (const LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(row);
    const ordered_json ranking = ranking_json(row);  // items() of a temporary would dangle
    for (const auto& [name, value] : ranking.items()) j["ranking_" + name] = value;
    j.update(cost_json(row.cost));
    std::vector<std::string> names;
    std::vector<std::string> cells;
    const auto add = [&](const std::string& name, const ordered_json& value) {
      names.push_back(name);
      cells.push_back(value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
    };
    for (const auto& [name, value] : j.items()) {
      if (value.is_array()) {
        add(name + "_low", value[0]);
        add(name + "_high", value[1]);
      } else {
        add(name, value);
      }
    }
    if (lines.empty()) lines = ingest::tables::csv_line(names);
    lines += ingest::tables::csv_line(cells);
  }
  return lines;
}

}  // namespace hitscope::apps::runs
