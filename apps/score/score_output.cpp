#include "apps/score/score_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "apps/runs/fitted_cells.h"
#include "apps/shell/command.h"
#include "apps/shell/printable.h"
#include "apps/shell/text_table.h"
#include "ingest/files.h"
#include "ingest/tables/csv.h"
#include "ingest/tables/spreadsheet.h"

namespace hitscope::apps::score {
namespace {

using nlohmann::ordered_json;

/// A result: of a file, or of one of its windows.
struct Line {
  const ScoredTrack& track;
  const models::heads::WindowScore* window = nullptr;

  const models::data::Predictions& prediction() const {
    return window == nullptr ? track.score->prediction : window->prediction;
  }
};

std::vector<Line> lines_of(const ScoredTrack& track, const ScoreRunConfig& config) {
  if (!config.windows || track.failure) return {{track}};
  std::vector<Line> lines;
  for (const models::heads::WindowScore& window : track.score->windows) lines.push_back({track, &window});
  return lines;
}

/// Start and end of a window, seconds.
std::pair<double, double> span_of(const Line& line, const RunScorer& scorer) {
  return {scorer.seconds(line.window->first), scorer.seconds(line.window->end)};
}

/// Probability of each class; empty for values.
std::vector<double> probabilities_of(const models::data::Predictions& prediction) {
  const auto* p = std::get_if<models::data::Probabilities>(&prediction);
  return p == nullptr ? std::vector<double>() : p->values;
}

/// What is predicted: the name of a class, or a value.
std::string answer(const models::data::Predictions& prediction, const RunScorer& scorer) {
  if (const auto* values = std::get_if<models::data::Values>(&prediction)) {
    return fmt::format("{:.6g}", values->values.at(0));
  }
  const int best = std::get<models::data::Probabilities>(prediction).predicted(0);
  return scorer.class_names()[static_cast<std::size_t>(best)];
}

/// The head in a row: failed rows name it where heads were asked for.
std::string head_cell(const ScoredTrack& track, const ScoreRunConfig& config) {
  return track.failure && config.head.empty() ? "" : track.head;
}

std::string failure_lines(const std::vector<ScoredTrack>& tracks, const RunScorer& scorer) {
  std::string text;
  std::string last;
  for (const ScoredTrack& track : tracks) {
    if (!track.failure) continue;
    std::string line = fmt::format("failed {}/{}: {}\n", to_string(track.failure->stage),
                                   to_string(track.failure->kind), shell::one_line(track.failure->detail));
    const bool is_first = track.head == scorer.heads().front();
    if (is_first || line != last) text += line;  // once where a file fails for every head
    last = std::move(line);
  }
  return text;
}

/// Files cut from the left so that the first `n_needed` columns fit a terminal.
runs::Cells with_short_names(runs::Cells cells, std::size_t n_needed) {
  constexpr std::size_t kLeast = 16;
  std::size_t others = 0;
  for (std::size_t c = 1; c < n_needed; ++c) {
    std::size_t width = 0;
    for (const auto& row : cells) width = std::max(width, c < row.size() ? shell::width_of(row[c]) : 0);
    others += width + 2;
  }
  const std::size_t columns = runs::table_columns();
  const std::size_t room = columns > others + kLeast ? columns - others : kLeast;
  const std::size_t n_columns = cells.front().size();
  for (auto& row : cells) {
    row.front() = runs::shortened_from_left(row.front(), room);
    row.resize(n_columns);  // rows of failures end early
  }
  return cells;
}

std::string as_table(const std::vector<ScoredTrack>& tracks, const ScoreRunConfig& config, const RunScorer& scorer) {
  std::vector<std::vector<std::string>> cells{{"file", "head"}};
  const auto add = [&](std::vector<std::string> more) {
    std::move(more.begin(), more.end(), std::back_inserter(cells.back()));
  };
  const std::vector<std::string> whole{"seconds", "heard", "windows"};
  const std::vector<std::string> of_window{"start", "end"};
  add(config.windows ? of_window : whole);
  const std::size_t n_before = cells.back().size();
  add({scorer.is_regression() ? "value" : "class"});
  add(scorer.class_names());
  for (const ScoredTrack& track : tracks) {
    for (const Line& line : lines_of(track, config)) {
      cells.push_back({track.file, track.head});
      if (track.failure) {
        cells.back().resize(n_before);
        add({"FAILED"});
        continue;
      }
      if (line.window == nullptr) {
        add({fmt::format("{:.1f}", track.duration_s), fmt::format("{:.1f}", track.heard_s),
             std::to_string(track.score->n_windows)});
      } else {
        const auto [start, end] = span_of(line, scorer);
        add({fmt::format("{:.1f}", start), fmt::format("{:.1f}", end)});
      }
      add({answer(line.prediction(), scorer)});
      for (const double p : probabilities_of(line.prediction())) add({fmt::format("{:.3f}", p)});
    }
  }
  if (!config.wide) cells = runs::fitted(with_short_names(std::move(cells), n_before + 1), n_before + 1);
  return shell::text_table(cells) + failure_lines(tracks, scorer);
}

std::vector<std::string> csv_header(const ScoreRunConfig& config, const RunScorer& scorer) {
  std::vector<std::string> header{"file",           "status",       scorer.is_regression() ? "value" : "class",
                                  "head",           "windows",      "seconds",
                                  "front_end_hash", "stage",        "kind",
                                  "detail",         "heard_seconds"};
  if (config.windows) header.insert(header.end(), {"start_seconds", "end_seconds"});
  for (const std::string& name : scorer.class_names()) header.push_back("p:" + name);
  return header;
}

std::vector<std::string> csv_cells(const Line& line, const ScoreRunConfig& config, const RunScorer& scorer) {
  const ScoredTrack& track = line.track;
  const std::size_t n_fixed = config.windows ? 13 : 11;  // before those of the classes
  std::vector<std::string> cells(n_fixed);
  cells[0] = track.file;
  cells[1] = track.failure ? "failed" : "ok";
  cells[3] = head_cell(track, config);
  cells[6] = scorer.front_end();
  if (track.failure) {
    cells[7] = to_string(track.failure->stage);
    cells[8] = to_string(track.failure->kind);
    cells[9] = track.failure->detail;
  } else {
    cells[2] = answer(line.prediction(), scorer);
    cells[4] = std::to_string(track.score->n_windows);
    cells[5] = fmt::format("{:.3f}", track.duration_s);
    cells[10] = fmt::format("{:.3f}", track.heard_s);
    if (line.window != nullptr) {
      const auto [start, end] = span_of(line, scorer);
      cells[11] = fmt::format("{:.3f}", start);
      cells[12] = fmt::format("{:.3f}", end);
    }
    for (const double p : probabilities_of(line.prediction())) cells.push_back(fmt::format("{:.6f}", p));
  }
  cells.resize(n_fixed + scorer.class_names().size());
  return cells;
}

std::string json_line(const Line& line, const ScoreRunConfig& config, const RunScorer& scorer) {
  const ScoredTrack& track = line.track;
  ordered_json j{
      {"file", track.file}, {"status", track.failure ? "failed" : "ok"}, {"front_end_hash", scorer.front_end()}};
  if (track.failure) {
    j["stage"] = to_string(track.failure->stage);
    j["kind"] = to_string(track.failure->kind);
    j["detail"] = track.failure->detail;
    if (!config.head.empty()) j["head"] = track.head;
  } else {
    if (const auto* values = std::get_if<models::data::Values>(&line.prediction())) {
      j["value"] = values->values.at(0);
    } else {
      j["class"] = answer(line.prediction(), scorer);
    }
    j["head"] = track.head;
    j["windows"] = track.score->n_windows;
    j["seconds"] = track.duration_s;
    j["heard_seconds"] = track.heard_s;
    if (line.window != nullptr) {
      const auto [start, end] = span_of(line, scorer);
      j["start_seconds"] = start;
      j["end_seconds"] = end;
    }
    const std::vector<double> probabilities = probabilities_of(line.prediction());
    for (std::size_t c = 0; c < probabilities.size(); ++c) {
      j["probabilities"][scorer.class_names()[c]] = probabilities[c];
    }
  }
  return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Output::Output(const ScoreRunConfig& config, const RunScorer& scorer) : config_(config), scorer_(scorer) {
  if (config.format == ScoreFormat::kCsv) take(csv_line(csv_header(config, scorer)));
}

void Output::add(ScoredTrack track) {
  switch (config_.format) {
    case ScoreFormat::kTable:
      tracks_.push_back(std::move(track));
      break;
    case ScoreFormat::kCsv:
      for (const Line& line : lines_of(track, config_)) take(csv_line(csv_cells(line, config_, scorer_)));
      break;
    case ScoreFormat::kJsonLines:
      for (const Line& line : lines_of(track, config_)) take(json_line(line, config_, scorer_));
      break;
  }
}

void Output::finish() {
  if (config_.format == ScoreFormat::kTable) kept_ = as_table(tracks_, config_, scorer_);
  if (!config_.output.empty()) {
    ingest::write_file(config_.output, kept_);
  } else {
    std::cout << kept_;
  }
}

std::string Output::csv_line(std::vector<std::string> cells) const {
  if (config_.for_spreadsheets) {
    for (std::string& cell : cells) cell = ingest::tables::spreadsheet_cell(cell);
  }
  return ingest::tables::csv_line(cells);
}

void Output::take(const std::string& line) {
  if (config_.output.empty()) {
    shell::write_result(line);
  } else {
    kept_ += line;
  }
}

}  // namespace hitscope::apps::score
