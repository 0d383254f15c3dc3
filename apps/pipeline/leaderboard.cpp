#include "apps/pipeline/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace hitscope::apps {
namespace {

using nlohmann::ordered_json;

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

std::string with_interval(double value, const models::Interval& interval) {
  return fmt::format("{:.3f} [{:.3f}, {:.3f}]", value, interval.low, interval.high);
}

/// Columns as they appear on a terminal: UTF-8 continuation bytes take no place.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

ordered_json json_number(double value) {
  return std::isnan(value) ? ordered_json(nullptr) : ordered_json(value);
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      line += (c == 0 ? "" : "  ") + rows[r][c] + std::string(widths[c] - width_of(rows[r][c]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
    if (r > 0) continue;
    for (std::size_t c = 0; c < widths.size(); ++c) text += (c == 0 ? "" : "  ") + std::string(widths[c], '-');
    text += '\n';
  }
  return text;
}

void sort_leaderboard(std::vector<LeaderboardRow>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const LeaderboardRow& a, const LeaderboardRow& b) {
    if (a.is_baseline != b.is_baseline) return a.is_baseline;
    return !a.is_baseline && a.scores.macro_f1 > b.scores.macro_f1;
  });
}

std::vector<std::vector<std::string>> leaderboard_cells(const std::vector<LeaderboardRow>& rows) {
  std::vector<std::vector<std::string>> cells{{"head", "accuracy [95 %]", "macro-F1 [95 %]", "balanced", "ROC-AUC",
                                               "AP", "log-loss", "MCC", "kappa²", "Spearman", "beats majority"}};
  for (const LeaderboardRow& row : rows) {
    const models::Scores& s = row.scores;
    cells.push_back({row.name, with_interval(s.accuracy, row.uncertainty.accuracy),
                     with_interval(s.macro_f1, row.uncertainty.macro_f1), number(s.balanced_accuracy),
                     number(s.roc_auc), number(s.average_precision), number(s.log_loss), number(s.mcc),
                     number(s.quadratic_kappa), number(s.spearman),
                     row.is_baseline                    ? "baseline"
                     : row.uncertainty.beats_majority() ? "yes"
                                                        : "no"});
  }
  return cells;
}

std::string metrics_json(const std::vector<LeaderboardRow>& rows, const std::vector<std::string>& class_names) {
  ordered_json out = ordered_json::array();
  for (const LeaderboardRow& row : rows) {
    const models::Scores& s = row.scores;
    const models::Uncertainty& u = row.uncertainty;
    ordered_json classes = ordered_json::object();
    for (std::size_t c = 0; c < class_names.size(); ++c) {
      const models::ClassScore& k = s.classes[c];
      classes[class_names[c]] = {
          {"precision", k.precision}, {"recall", k.recall}, {"f1", k.f1}, {"support", k.support}};
    }
    out.push_back({{"name", row.name},
                   {"is_baseline", row.is_baseline},
                   {"accuracy", s.accuracy},
                   {"accuracy_95", {u.accuracy.low, u.accuracy.high}},
                   {"balanced_accuracy", s.balanced_accuracy},
                   {"macro_f1", s.macro_f1},
                   {"macro_f1_95", {u.macro_f1.low, u.macro_f1.high}},
                   {"roc_auc", json_number(s.roc_auc)},
                   {"average_precision", json_number(s.average_precision)},
                   {"log_loss", s.log_loss},
                   {"mcc", s.mcc},
                   {"quadratic_kappa", json_number(s.quadratic_kappa)},
                   {"spearman", json_number(s.spearman)},
                   {"accuracy_over_majority_95", {u.advantage.low, u.advantage.high}},
                   {"beats_majority", !row.is_baseline && u.beats_majority()},
                   {"classes", classes},
                   {"confusion", s.confusion}});
  }
  return ordered_json{{"format_version", 1}, {"rows", out}}.dump(2, ' ', false,
                                                                 ordered_json::error_handler_t::replace) +
         "\n";
}

}  // namespace hitscope::apps
