#include "apps/runs/leaderboard_text.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "ingest/tables/csv.h"

namespace hitscope::apps::runs {
namespace {

using models::evaluation::Interval;
using nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

std::string with_interval(double value, const Interval& interval) {
  if (std::isnan(value)) return "-";
  return fmt::format("{} [{}, {}]", number(value), number(interval.low), number(interval.high));
}

ordered_json json_number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json json_interval(const Interval& interval) {
  return {json_number(interval.low), json_number(interval.high)};
}

std::string verdict(const models::evaluation::LeaderboardRow& row, bool beats, bool is_clean) {
  if (row.is_baseline) return "baseline";
  // A rare class can be told apart, and always answering the common one still be right more often.
  if (!beats) return row.uncertainty.tells_classes_apart() ? "no, but above chance" : "no";
  return is_clean ? "yes" : "yes, but LEAK";
}

void add_cost(std::vector<std::string>& cells, const models::evaluation::LeaderboardRow& row) {
  if (row.is_baseline) {
    cells.insert(cells.end(), {"-", "-", "-"});
    return;
  }
  cells.push_back(fmt::format("{:.2f}", row.cost.fit_s));
  cells.push_back(fmt::format("{:.3f}", row.cost.predict_s));
  cells.push_back(fmt::format("{:.1f}", static_cast<double>(row.cost.n_bytes) / 1024.0));
}

Cells class_cells(const models::evaluation::Leaderboard& board) {
  Cells cells{{"head", "accuracy [95 %]", "macro-F1 [95 %]", "balanced", "ROC-AUC", "AP", "log-loss", "MCC"}};
  if (board.is_ordered) cells[0].insert(cells[0].end(), {"kappa²", "Spearman"});
  cells[0].insert(cells[0].end(), {"fit s", "predict s", "KiB", "beats majority"});
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    const models::evaluation::Scores& s = row.scores;
    cells.push_back({row.name, with_interval(s.accuracy, row.uncertainty.accuracy),
                     with_interval(s.macro_f1, row.uncertainty.macro_f1), number(s.balanced_accuracy),
                     number(s.roc_auc), number(s.average_precision), number(s.log_loss), number(s.mcc)});
    if (board.is_ordered) {
      cells.back().push_back(number(s.quadratic_kappa));
      cells.back().push_back(number(s.spearman));
    }
    add_cost(cells.back(), row);
    cells.back().push_back(verdict(row, row.uncertainty.beats_majority(), board.is_clean));
  }
  return cells;
}

Cells value_cells(const models::evaluation::Leaderboard& board) {
  Cells cells{{"head", "R² [95 %]", "MAE [95 %]", "RMSE [95 %]", "median error", "Spearman [95 %]", "Kendall", "fit s",
               "predict s", "KiB", "beats the mean"}};
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    const models::evaluation::RegressionScores& s = row.values;
    const models::evaluation::RegressionUncertainty& u = row.values_uncertainty;
    cells.push_back({row.name, with_interval(s.r2, u.r2), with_interval(s.mae, u.mae), with_interval(s.rmse, u.rmse),
                     number(s.median_absolute_error), with_interval(s.spearman, u.spearman), number(s.kendall)});
    add_cost(cells.back(), row);
    cells.back().push_back(verdict(row, u.beats_mean(), board.is_clean));
  }
  return cells;
}

ordered_json ranking_json(const models::evaluation::OrderScores& ranking) {
  return {{"spearman", json_number(ranking.spearman)},
          {"kendall", json_number(ranking.kendall)},
          {"ndcg_at_10", json_number(ranking.ndcg_10)},
          {"ndcg_at_100", json_number(ranking.ndcg_100)},
          {"recall_top_decile", json_number(ranking.recall_top_decile)}};
}

ordered_json classes_json(const models::evaluation::Leaderboard& board, const models::evaluation::Scores& scores) {
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

ordered_json value_scores_json(const models::evaluation::LeaderboardRow& row) {
  const models::evaluation::RegressionScores& s = row.values;
  const models::evaluation::RegressionUncertainty& u = row.values_uncertainty;
  return {{"name", row.name},
          {"is_baseline", row.is_baseline},
          {"r2", json_number(s.r2)},
          {"r2_95", json_interval(u.r2)},
          {"mae", s.mae},
          {"mae_95", json_interval(u.mae)},
          {"rmse", s.rmse},
          {"rmse_95", json_interval(u.rmse)},
          {"median_absolute_error", s.median_absolute_error},
          {"spearman", json_number(s.spearman)},
          {"spearman_95", json_interval(u.spearman)},
          {"kendall", json_number(s.kendall)},
          {"mae_below_mean_95", json_interval(u.advantage)},
          {"beats_mean", !row.is_baseline && u.beats_mean()}};
}

/// Scores and intervals, without classes and costs.
ordered_json scores_json(const models::evaluation::Leaderboard& board, const models::evaluation::LeaderboardRow& row) {
  if (board.is_regression) return value_scores_json(row);
  const models::evaluation::Scores& s = row.scores;
  const models::evaluation::Uncertainty& u = row.uncertainty;
  return {{"name", row.name},
          {"is_baseline", row.is_baseline},
          {"accuracy", s.accuracy},
          {"accuracy_95", json_interval(u.accuracy)},
          {"balanced_accuracy", s.balanced_accuracy},
          {"balanced_accuracy_95", json_interval(u.balanced_accuracy)},
          {"macro_f1", s.macro_f1},
          {"macro_f1_95", json_interval(u.macro_f1)},
          {"weighted_f1", s.weighted_f1},
          {"roc_auc", json_number(s.roc_auc)},
          {"average_precision", json_number(s.average_precision)},
          {"log_loss", json_number(s.log_loss)},
          {"brier", json_number(s.brier)},
          {"mcc", s.mcc},
          {"kappa", json_number(s.kappa)},
          {"quadratic_kappa", json_number(s.quadratic_kappa)},
          {"spearman", json_number(s.spearman)},
          {"kendall", json_number(s.kendall)},
          {"accuracy_over_majority_95", json_interval(u.advantage)},
          {"beats_majority", !row.is_baseline && u.beats_majority()},
          {"above_chance", !row.is_baseline && u.tells_classes_apart()}};
}

ordered_json pairs_json(const models::evaluation::Leaderboard& board) {
  ordered_json pairs = ordered_json::array();
  for (const models::evaluation::HeadPair& pair : board.pairs) {
    const models::evaluation::PairedComparison& c = pair.comparison;
    pairs.push_back({{"a", pair.a},
                     {"b", pair.b},
                     {"accuracy_difference", c.accuracy_difference},
                     {"accuracy_difference_95", json_interval(c.accuracy_interval)},
                     {"macro_f1_difference", c.macro_f1_difference},
                     {"macro_f1_difference_95", json_interval(c.macro_f1_interval)},
                     {"only_a_correct", c.only_a_correct},
                     {"only_b_correct", c.only_b_correct},
                     {"mcnemar_p", c.mcnemar_p}});
  }
  return pairs;
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

Cells leaderboard_cells(const models::evaluation::Leaderboard& board) {
  return board.is_regression ? value_cells(board) : class_cells(board);
}

Cells pair_cells(const models::evaluation::Leaderboard& board) {
  if (board.pairs.empty()) return {};
  Cells cells{
      {"A against B", "accuracy A - B [95 %]", "macro-F1 A - B [95 %]", "only A right", "only B right", "McNemar p"}};
  for (const models::evaluation::HeadPair& pair : board.pairs) {
    const models::evaluation::PairedComparison& c = pair.comparison;
    const auto difference = [](double value, const Interval& i) {
      return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", value, i.low, i.high);
    };
    cells.push_back({pair.a + " against " + pair.b, difference(c.accuracy_difference, c.accuracy_interval),
                     difference(c.macro_f1_difference, c.macro_f1_interval), std::to_string(c.only_a_correct),
                     std::to_string(c.only_b_correct), fmt::format("{:.2g}", c.mcnemar_p)});
  }
  return cells;
}

std::string metrics_json(const models::evaluation::Leaderboard& board) {
  ordered_json rows = ordered_json::array();
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(board, row);
    j["ranking"] = ranking_json(row.ranking);
    if (!board.is_regression) {
      j["classes"] = classes_json(board, row.scores);
      j["confusion"] = row.scores.confusion;
    }
    rows.push_back(std::move(j));
  }
  return dumped({{"format_version", 2}, {"clean", board.is_clean}, {"rows", rows}, {"pairs", pairs_json(board)}});
}

std::string leaderboard_json(const models::evaluation::Leaderboard& board) {
  ordered_json rows = ordered_json::array();
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(board, row);
    j["ranking"] = ranking_json(row.ranking);
    j["cost"] = cost_json(row.cost);
    rows.push_back(std::move(j));
  }
  return dumped({{"format_version", 1}, {"clean", board.is_clean}, {"rows", rows}});
}

std::string leaderboard_csv(const models::evaluation::Leaderboard& board) {
  std::string lines;
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    ordered_json j = scores_json(board, row);
    const ordered_json ranking = ranking_json(row.ranking);  // items() of a temporary would dangle
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
