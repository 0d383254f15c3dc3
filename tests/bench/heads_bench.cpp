// Times of heads on a table in memory, encoding included.
//
//     build/release/tests/heads_bench FILE ROWS COLUMNS TRAIN_ROWS N_CLASSES THREADS PASSES HEAD...
//
// FILE holds doubles, row by row: COLUMNS features and the target (a class, or with N_CLASSES 0 a value). The first
// TRAIN_ROWS rows train, the others are predicted. Prints a JSON line per head: median seconds of fit and predict, area
// under the ROC curve (two classes), accuracy or R², the size of its files in bytes, and how far the process's memory
// rose above what it was before the fit, in megabytes (one pass only). tests/bench/heads_vs_sklearn.py runs it beside
// scikit-learn.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "models/evaluation/metrics.h"
#include "models/evaluation/ranking.h"
#include "models/head.h"
#include "models/heads/heads.h"
#include "models/heads/runtime.h"

namespace {

using namespace hitscope::models;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A number of /proc/self/status in megabytes.
double status_megabytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1)) / 1e3;
  }
  return 0.0;
}

void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

struct Table {
  Table(const char* path, std::size_t n_rows, std::size_t n_columns, std::size_t n_train, int n_classes) {
    std::ifstream file(path, std::ios::binary);
    std::vector<double> row(n_columns + 1);
    examples.n_rows = n_rows;
    for (std::size_t c = 0; c < n_columns; ++c) examples.table.numeric.push_back({"c" + std::to_string(c), {}});
    std::vector<double> answers;
    for (std::size_t i = 0; i < n_rows; ++i) {
      file.read(reinterpret_cast<char*>(row.data()), static_cast<std::streamsize>(row.size() * sizeof(double)));
      for (std::size_t c = 0; c < n_columns; ++c) examples.table.numeric[c].values.push_back(row[c]);
      answers.push_back(row[n_columns]);
      // Rows that validate would be no training rows: one does, as a split must have one.
      parts.push_back(i == 0 ? "validation" : i < n_train ? "train" : "test");
    }
    if (n_classes == 0) {
      targets = data::Values{answers};
    } else {
      targets = data::Classes{{answers.begin(), answers.end()}, n_classes};
    }
  }

  data::Examples examples;
  data::Targets targets;
  std::vector<std::string> parts;
};

void add_scores(nlohmann::ordered_json& line, const data::Targets& held, const data::Predictions& answer) {
  if (const auto* p = std::get_if<data::Probabilities>(&answer)) {
    const std::span<const int> labels = data::labels_of(held);
    std::size_t n_right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) n_right += p->predicted(i) == labels[i] ? 1 : 0;
    line["accuracy"] = static_cast<double>(n_right) / static_cast<double>(labels.size());
    if (p->n_classes == 2) {
      std::vector<bool> positive;
      std::vector<double> scores;
      for (std::size_t i = 0; i < labels.size(); ++i) {
        positive.push_back(labels[i] == 1);
        scores.push_back(p->at(i, 1));
      }
      line["auc"] = evaluation::roc_auc(positive, scores);
    }
  } else {
    line["r2"] =
        evaluation::score_values(std::get<data::Values>(held).values, std::get<data::Values>(answer).values).r2;
  }
}

nlohmann::ordered_json timed(const std::string& name, const Table& table, int n_passes) {
  const data::Split split = data::Split::by_column(table.parts, "", {}, {});
  const std::vector<std::size_t> test = split.rows(data::Part::kTest);
  std::vector<double> fits;
  std::vector<double> predictions;
  data::Predictions answer;
  std::size_t n_bytes = 0;
  reset_peak();
  const double before = status_megabytes("VmRSS");
  double peak = 0.0;
  for (int pass = 0; pass < n_passes; ++pass) {
    const auto head = heads::make_head(name);
    auto start = std::chrono::steady_clock::now();
    head->fit(table.examples, table.targets, split.training_fold(), {});
    fits.push_back(seconds_since(start));
    start = std::chrono::steady_clock::now();
    answer = predictions_of(*head, table.examples, test);
    predictions.push_back(seconds_since(start));
    if (pass > 0) continue;
    peak = status_megabytes("VmHWM") - before;
    for (const auto& [file, bytes] : head->save()) n_bytes += bytes.size();
  }
  nlohmann::ordered_json line{{"head", name}, {"fit_s", median(fits)}, {"predict_s", median(predictions)}};
  add_scores(line, data::of_rows(table.targets, test), answer);
  line["megabytes"] = peak;
  line["file_bytes"] = n_bytes;
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) {
    std::fputs("usage: heads_bench FILE ROWS COLUMNS TRAIN_ROWS N_CLASSES THREADS PASSES HEAD...\n", stderr);
    return 2;
  }
  heads::prepare_runtime(std::stoi(argv[6]));
  const Table table(argv[1], std::stoul(argv[2]), std::stoul(argv[3]), std::stoul(argv[4]), std::stoi(argv[5]));
  for (int i = 8; i < argc; ++i) {
    std::printf("%s\n", timed(argv[i], table, std::stoi(argv[7])).dump().c_str());
    std::fflush(stdout);
  }
}
