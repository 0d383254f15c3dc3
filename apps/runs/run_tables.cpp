#include "apps/runs/run_tables.h"

#include <fmt/format.h>

#include "ingest/tables/csv.h"

namespace hitscope::apps::runs {
namespace {

using models::data::Probabilities;
using models::data::Values;

/// The cells of a test row, one head after the other.
struct AddCells {
  std::vector<std::string>& cells;
  const std::vector<std::string>& names;  ///< of the classes
  std::size_t i;                          ///< place of the row among the test rows

  void operator()(const Probabilities& p) const {
    cells.push_back(names[static_cast<std::size_t>(p.predicted(i))]);
    for (int c = 0; c < p.n_classes; ++c) cells.push_back(fmt::format("{:.6f}", p.at(i, c)));
  }
  void operator()(const Values& values) const { cells.push_back(fmt::format("{:.6g}", values.values[i])); }
};

std::string target_of(const SplitResult& result, std::size_t example) {
  if (const auto* values = std::get_if<Values>(&result.targets)) return fmt::format("{}", values->values[example]);
  return result.labels.class_names()[static_cast<std::size_t>(labels_of(result.targets)[example])];
}

}  // namespace

std::string split_csv(const examples::TrainData& data, const models::data::Split& split) {
  const std::vector<std::string>* clips = examples::clip_hashes(data);
  std::vector<std::string> header{"row", "id", "part", "group"};
  if (clips != nullptr) header.emplace_back("clip");
  std::string lines = ingest::tables::csv_line(header);
  for (const examples::TrainRow& row : data.rows) {
    if (!row.example) continue;
    std::vector<std::string> cells{std::to_string(row.row), row.id, std::string(to_string(split.part(*row.example))),
                                   data.groups[*row.example]};
    if (clips != nullptr) cells.push_back((*clips)[*row.example]);
    lines += ingest::tables::csv_line(cells);
  }
  return lines;
}

std::string predictions_csv(const examples::TrainData& data, const SplitResult& result) {
  const auto& names = result.labels.class_names();
  std::vector<std::string> cells{"row", "id", "status", "stage", "kind", "detail", "part", "target"};
  for (const auto& [head, predicted] : result.predictions) {
    cells.push_back(head);
    for (const std::string& name : names) cells.push_back(head + ":" + name);
  }
  const std::size_t n_cells = cells.size();
  std::string lines = ingest::tables::csv_line(cells);
  std::vector<std::size_t> place(data.examples.n_rows, result.test.size());
  for (std::size_t i = 0; i < result.test.size(); ++i) place[result.test[i]] = i;
  for (const examples::TrainRow& row : data.rows) {
    cells = {std::to_string(row.row), row.id, row.example ? "ok" : "failed", "", "", ""};
    if (row.failure) {
      cells[3] = to_string(row.failure->stage);
      cells[4] = to_string(row.failure->kind);
      cells[5] = row.failure->detail;
    } else {
      cells.emplace_back(to_string(result.split.part(*row.example)));
      cells.push_back(target_of(result, *row.example));
      for (const auto& [head, predicted] : result.predictions) {
        const std::size_t i = place[*row.example];
        if (i < result.test.size()) std::visit(AddCells{cells, names, i}, predicted);
      }
    }
    cells.resize(n_cells);
    lines += ingest::tables::csv_line(cells);
  }
  return lines;
}

}  // namespace hitscope::apps::runs
