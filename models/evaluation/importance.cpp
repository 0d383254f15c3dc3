#include "models/evaluation/importance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "models/data/shuffle.h"
#include "models/evaluation/metrics.h"
#include "models/head.h"

namespace hitscope::models::evaluation {
namespace {

constexpr std::size_t kMostRows = 2000;

template <typename T>
std::vector<T> taken(const std::vector<T>& values, std::span<const std::size_t> rows) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(values.at(row));
  return result;
}

/// The rows that are used, as a dataset of their own: columns can then be shuffled in place.
data::Dataset taken(const data::Dataset& data, std::span<const std::size_t> rows) {
  data::Dataset result;
  result.n_rows = rows.size();
  result.n_classes = data.n_classes;
  result.targets = taken(data.targets, rows);
  result.values = taken(data.values, rows);
  result.spectrograms = {data.spectrograms.n_bins, data.spectrograms.n_frames, data.spectrograms.type,
                         taken(data.spectrograms.rows, rows)};
  for (const data::NumericColumn& c : data.table.numeric)
    result.table.numeric.push_back({c.name, taken(c.values, rows)});
  for (const data::CategoricalColumn& c : data.table.categorical) {
    result.table.categorical.push_back({c.name, taken(c.values, rows)});
  }
  return result;
}

struct Shuffling {
  Head& head;
  data::Dataset data;
  std::vector<std::size_t> rows;
  int n_repeats;
  std::mt19937_64 random;
  double unshuffled = 0.0;

  double score() {
    if (data.n_classes == 0) return score_values(data.values, head.predict_values(data, rows)).r2;
    return score_predictions(data.targets, head.predict(data, rows), false).macro_f1;
  }

  template <typename Column>
  Importance of(Column& column) {
    const auto original = column.values;
    std::vector<double> falls;
    for (int repeat = 0; repeat < n_repeats; ++repeat) {
      column.values = original;
      data::shuffle(column.values, random);
      falls.push_back(unshuffled - score());
    }
    column.values = original;
    const double mean = std::accumulate(falls.begin(), falls.end(), 0.0) / n_repeats;
    double squares = 0.0;
    for (const double fall : falls) squares += (fall - mean) * (fall - mean);
    return {column.name, mean, std::sqrt(squares / n_repeats)};
  }
};

}  // namespace

std::vector<Importance> permutation_importance(Head& head, const data::Dataset& data, std::span<const std::size_t> rows,
                                               int n_repeats, std::uint64_t seed) {
  if (n_repeats < 1) {
    throw std::invalid_argument("n_repeats is " + std::to_string(n_repeats) + "; it must be 1 or more");
  }
  if (rows.empty()) throw std::invalid_argument("permutation importance needs rows; there are none");
  const std::size_t n_answers = data.n_classes == 0 ? data.values.size() : data.targets.size();
  if (data.n_classes < 0 || data.n_classes == 1 || n_answers != data.n_rows) {
    throw std::invalid_argument("permutation importance needs rows with classes, or with values");
  }
  std::mt19937_64 random(seed);
  std::vector<std::size_t> used(rows.begin(), rows.end());
  if (used.size() > kMostRows) {
    data::shuffle(used, random);
    used.resize(kMostRows);
    std::sort(used.begin(), used.end());
  }
  Shuffling shuffling{head, taken(data, used), std::vector<std::size_t>(used.size()), n_repeats, random};
  std::iota(shuffling.rows.begin(), shuffling.rows.end(), 0);
  shuffling.unshuffled = shuffling.score();
  std::vector<Importance> importances;
  for (data::NumericColumn& column : shuffling.data.table.numeric) importances.push_back(shuffling.of(column));
  for (data::CategoricalColumn& column : shuffling.data.table.categorical) importances.push_back(shuffling.of(column));
  std::stable_sort(importances.begin(), importances.end(), [](auto& a, auto& b) { return a.mean > b.mean; });
  return importances;
}

}  // namespace hitscope::models::evaluation
