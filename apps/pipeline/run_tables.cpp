#include "apps/pipeline/run_tables.h"

#include <fmt/format.h>

#include "ingest/tables/csv.h"

namespace hitscope::apps {
namespace {

void add_predictions(std::vector<std::string>& cells, const std::vector<std::string>& class_names,
                     const std::map<std::string, models::Probabilities>& predictions, std::size_t i) {
  for (const auto& [head, p] : predictions) {
    cells.push_back(class_names[p.predicted(i)]);
    for (int c = 0; c < p.n_classes; ++c) cells.push_back(fmt::format("{:.6f}", p.at(i, c)));
  }
}

}  // namespace

std::string split_csv(const TrainData& data, const models::Split& split) {
  std::string lines = ingest::csv_line({"row", "id", "part", "group"});
  for (const TrainRow& row : data.rows) {
    if (!row.example) continue;
    lines += ingest::csv_line(
        {std::to_string(row.row), row.id, to_string(split.part(*row.example)), data.groups[*row.example]});
  }
  return lines;
}

std::string predictions_csv(const TrainData& data, const models::Split& split,
                            const std::map<std::string, models::Probabilities>& predictions) {
  const std::vector<std::size_t> test = split.rows(models::Part::kTest);
  const auto& names = data.labels->class_names();
  std::vector<std::string> cells{"row", "id", "status", "stage", "kind", "detail", "part", "target"};
  for (const auto& [head, p] : predictions) {
    cells.push_back(head);
    for (const std::string& name : names) cells.push_back(head + ":" + name);
  }
  const std::size_t n_cells = cells.size();
  std::string lines = ingest::csv_line(cells);
  std::vector<std::size_t> place(data.dataset.n_rows, test.size());
  for (std::size_t i = 0; i < test.size(); ++i) place[test[i]] = i;
  for (const TrainRow& row : data.rows) {
    cells = {std::to_string(row.row), row.id, row.example ? "ok" : "failed", "", "", ""};
    if (row.failure) {
      cells[3] = to_string(row.failure->stage);
      cells[4] = to_string(row.failure->kind);
      cells[5] = row.failure->detail;
    } else {
      cells.emplace_back(to_string(split.part(*row.example)));
      cells.push_back(names[data.dataset.targets[*row.example]]);
      if (place[*row.example] < test.size()) add_predictions(cells, names, predictions, place[*row.example]);
    }
    cells.resize(n_cells);
    lines += ingest::csv_line(cells);
  }
  return lines;
}

}  // namespace hitscope::apps
