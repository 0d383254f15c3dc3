#include "apps/runs/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/examples/findings.h"
#include "apps/report/page.h"
#include "apps/runs/leaderboard_text.h"
#include "apps/runs/pair_text.h"
#include "apps/runs/report_heads.h"
#include "apps/shell/printable.h"
#include "apps/shell/text_table.h"
#include "models/evaluation/scores.h"
#include "models/evaluation/verdict.h"

namespace hitscope::apps::runs {
namespace {

using nlohmann::ordered_json;

ordered_json table_json(const Cells& cells) {
  if (cells.empty()) return nullptr;
  return {{"header", cells.front()}, {"rows", Cells(cells.begin() + 1, cells.end())}};
}

/// A word as a shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./,:=@%+").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

ordered_json labels_json(const SplitResult& result) {
  const auto* classes = std::get_if<models::data::Classes>(&result.targets);
  if (classes == nullptr) return nullptr;
  ordered_json parts = ordered_json::array();
  for (const auto part : {models::data::Part::kTrain, models::data::Part::kValidation, models::data::Part::kTest}) {
    std::vector<std::size_t> counts(result.labels.class_names().size(), 0);
    for (const std::size_t row : result.split.rows(part)) ++counts[static_cast<std::size_t>(classes->labels[row])];
    parts.push_back({{"part", to_string(part)}, {"counts", counts}});
  }
  return {{"names", result.labels.class_names()}, {"parts", parts}};
}

/// The scores that the page draws, each in a chart of its own: those with an interval, the main one first.
std::vector<models::evaluation::ScoreInfo> drawn_scores(const models::evaluation::Leaderboard& board) {
  std::vector<models::evaluation::ScoreInfo> drawn;
  for (const models::evaluation::ScoreInfo& score : measures_of(board).scores) {
    if (score.interval != nullptr) drawn.insert(score.is_main ? drawn.begin() : drawn.end(), score);
  }
  return drawn;
}

/// The leaderboard as the page shows it: the table, and what its charts are drawn from. Not defined numbers are null.
ordered_json leaderboard_json_of(const models::evaluation::Leaderboard& board) {
  ordered_json j = table_json(leaderboard_cells(board));
  j["caption"] = legend_of(board);
  j["scores"] = j["chart"] = ordered_json::array();
  const auto drawn = drawn_scores(board);
  for (const models::evaluation::ScoreInfo& score : drawn) {
    j["scores"].push_back({{"key", score.key}, {"title", score.title}, {"higher_is_better", score.higher_is_better}});
  }
  for (const models::evaluation::LeaderboardRow& row : board.rows) {
    ordered_json numbers{{"name", row.name}, {"baseline", row.is_baseline}};
    for (const models::evaluation::ScoreInfo& score : drawn) {
      const std::string key(score.key);
      const models::evaluation::Interval interval = score.interval(row);
      numbers[key] = score.value(row);
      numbers[key + "_95"] = {interval.low, interval.high};
    }
    j["chart"].push_back(std::move(numbers));
  }
  return j;
}

/// The measures by name, with what each means.
ordered_json glossary_json(const models::evaluation::Leaderboard& board) {
  ordered_json j = ordered_json::array();
  for (const models::evaluation::ScoreInfo& score : measures_of(board).scores) {
    if (!score.needs_order || board.is_ordered) j.push_back({{"name", score.title}, {"meaning", score.meaning}});
  }
  return j;
}

ordered_json findings_array(const SplitResult& result) {
  return ordered_json::parse(examples::findings_json(result.findings))["findings"];
}

ordered_json left_out_json(const examples::TrainData& data) {
  ordered_json rows = ordered_json::array();
  for (const auto& count : data.left_out) rows.push_back({{"rule", count.rule}, {"rows", count.n_rows}});
  return rows;
}

/// Text of a table as Markdown shows it, on one line and without markup of its own.
std::string markdown(const std::string& text) {
  std::string safe;
  for (const char c : shell::one_line(text, text.size())) {
    safe += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '`' ? "\\`" : std::string(1, c);
  }
  return safe;
}

std::string title_of(const RunReport& report) {
  return "hitscope run: " + report.data.target_column;
}

/// Text that may not be UTF-8 (file names, cells) as JSON can hold it.
std::string utf8_dump(const ordered_json& j, int indent = -1) {
  return j.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string report_html(const RunReport& report) {
  const SplitResult& result = report.result;
  const auto audit = ordered_json::parse(examples::findings_json(result.findings));
  const ordered_json page{
      {"title", title_of(report)},
      {"verdict", {{"clean", audit["clean"]}, {"n_leaks", audit["n_leaks"]}, {"n_warnings", audit["n_warnings"]}}},
      {"facts", result.facts},
      {"command", command_line(report.command)},
      {"created", nullptr},
      {"findings", findings_array(result)},
      {"columns", table_json(report.data.columns)},
      {"left_out", left_out_json(report.data)},
      {"labels", labels_json(result)},
      {"best", best_in_words(result.board)},
      {"leaderboard", leaderboard_json_of(result.board)},
      {"glossary", glossary_json(result.board)},
      {"comparisons", table_json(pair_cells(result.board))},
      {"splits", table_json(report.splits)},
      {"folds", table_json(report.folds)},
      {"heads", heads_json(report)},
      {"settings", ordered_json::parse(result.settings_json)}};
  return report::report_page(utf8_dump(page));
}

std::string model_card(const RunReport& report) {
  const SplitResult& result = report.result;
  std::string text = "# " + markdown(title_of(report)) + "\n\n" + examples::verdict_of(result.findings) + "\n\n";
  for (const std::string& fact : result.facts) text += "- " + markdown(fact) + "\n";
  text += "\n## Scores on the test rows\n\n" + best_in_words(result.board) + "\n\n```\n" +
          shell::text_table(leaderboard_cells(result.board)) + "```\n\n";
  text += legend_of(result.board) + "Intervals are 95 %, by bootstrap over groups.\n";
  if (!report.folds.empty()) text += "\n## Cross-validation\n\n```\n" + shell::text_table(report.folds) + "```\n";
  if (!report.splits.empty())
    text += "\n## The same heads under each split\n\n```\n" + shell::text_table(report.splits) + "```\n";
  text += "\n## What the audit found\n\n";
  for (const std::string& line : examples::lines_of(result.findings)) text += "- " + markdown(line) + "\n";
  if (result.findings.empty()) text += "Nothing.\n";
  text +=
      "\n## Limits\n\nPopularity results from promotion, playlists and time as much as from sound. A prediction says "
      "which training rows a clip or a row resembles, not how successful a song will be.\n";
  if (!report.command.empty()) text += "\n## Reproduce\n\n```\n" + command_line(report.command) + "\n```\n";
  return text + "\n## Settings\n\n```json\n" + result.settings_json + "```\n";
}

}  // namespace hitscope::apps::runs
