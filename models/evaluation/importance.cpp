#include "models/evaluation/importance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

#include "models/data/shuffle.h"
#include "models/evaluation/metrics.h"
#include "models/head.h"

namespace hitscope::models::evaluation {
namespace {

constexpr std::size_t kMostRows = 2000;

/// The rows that are used, as examples of their own: columns can then be shuffled in place.
data::Examples taken(const data::Examples& examples, std::span<const std::size_t> rows) {
  data::Examples result;
  result.n_rows = rows.size();
  result.spectrograms = examples.spectrograms;
  if (!examples.spectrograms.rows.empty()) {
    result.spectrograms.rows = data::of_rows(examples.spectrograms.rows, rows);
  }
  for (const data::NumericColumn& c : examples.table.numeric)
    result.table.numeric.push_back({c.name, data::of_rows(c.values, rows)});
  for (const data::CategoricalColumn& c : examples.table.categorical) {
    result.table.categorical.push_back({c.name, data::of_rows(c.values, rows)});
  }
  return result;
}

/// The score of answers to classes (macro-F1) or to values (R²).
struct ScoreOf {
  const data::Predictions& predicted;

  double operator()(const data::Classes& classes) const {
    return score_predictions(classes.labels, std::get<data::Probabilities>(predicted), false).macro_f1;
  }
  double operator()(const data::Values& values) const {
    return score_values(values.values, std::get<data::Values>(predicted).values).r2;
  }
};

struct Shuffling {
  Head& head;
  data::Examples examples;
  data::Targets targets;
  std::vector<std::size_t> rows;
  int n_repeats;
  std::mt19937_64 random;
  double unshuffled = 0.0;

  double score() { return std::visit(ScoreOf{predictions_of(head, examples, rows)}, targets); }

  template <typename Column>
  Importance of(Column& column) {
    const auto original = column.values;
    const auto [mean, deviation] = falls([&] {
      column.values = original;
      data::shuffle(column.values, random);
    });
    column.values = original;
    return {column.name, mean, deviation};
  }

  Importance of(const std::vector<std::string>& group) {
    const data::FeatureTable original = examples.table;
    const auto is_in = [&](const std::string& name) {
      return std::find(group.begin(), group.end(), name) != group.end();
    };
    std::vector<std::size_t> order(rows.size());
    const auto [mean, deviation] = falls([&] {
      std::iota(order.begin(), order.end(), std::size_t{0});
      data::shuffle(order, random);
      for (std::size_t c = 0; c < original.numeric.size(); ++c) {
        const data::NumericColumn& from = original.numeric[c];
        if (is_in(from.name)) examples.table.numeric[c].values = data::of_rows(from.values, order);
      }
      for (std::size_t c = 0; c < original.categorical.size(); ++c) {
        const data::CategoricalColumn& from = original.categorical[c];
        if (is_in(from.name)) examples.table.categorical[c].values = data::of_rows(from.values, order);
      }
    });
    examples.table = original;
    return {group.front(), mean, deviation, group};
  }

  /// Mean and standard deviation of the falls in score after each call of `shuffle`.
  template <typename Shuffle>
  std::pair<double, double> falls(const Shuffle& shuffle) {
    std::vector<double> falls;
    for (int repeat = 0; repeat < n_repeats; ++repeat) {
      shuffle();
      falls.push_back(unshuffled - score());
    }
    const double mean = std::accumulate(falls.begin(), falls.end(), 0.0) / n_repeats;
    double squares = 0.0;
    for (const double fall : falls) squares += (fall - mean) * (fall - mean);
    return {mean, std::sqrt(squares / n_repeats)};
  }
};

/// The chosen test rows, ready to be shuffled. Throws as permutation_importance().
Shuffling shuffling_of(Head& head, const data::Examples& examples, const data::Targets& targets,
                       std::span<const std::size_t> rows, int n_repeats, std::uint64_t seed) {
  if (n_repeats < 1) {
    throw std::invalid_argument("n_repeats is " + std::to_string(n_repeats) + "; it must be 1 or more");
  }
  if (rows.empty()) throw std::invalid_argument("permutation importance needs rows; there are none");
  if (n_rows_of(targets) != examples.n_rows) {
    throw std::invalid_argument("permutation importance: " + std::to_string(n_rows_of(targets)) + " targets for " +
                                std::to_string(examples.n_rows) + " rows; they must be as many");
  }
  std::mt19937_64 random(seed);
  std::vector<std::size_t> used(rows.begin(), rows.end());
  if (used.size() > kMostRows) {
    data::shuffle(used, random);
    used.resize(kMostRows);
    std::sort(used.begin(), used.end());
  }
  Shuffling shuffling{
      head,  taken(examples, used), data::of_rows(targets, used), std::vector<std::size_t>(used.size()), n_repeats,
      random};
  std::iota(shuffling.rows.begin(), shuffling.rows.end(), 0);
  shuffling.unshuffled = shuffling.score();
  return shuffling;
}

std::vector<Importance> sorted(std::vector<Importance> importances) {
  std::stable_sort(importances.begin(), importances.end(), [](auto& a, auto& b) { return a.mean > b.mean; });
  return importances;
}

}  // namespace

std::vector<Importance> permutation_importance(Head& head, const data::Examples& examples, const data::Targets& targets,
                                               std::span<const std::size_t> rows, int n_repeats, std::uint64_t seed) {
  Shuffling shuffling = shuffling_of(head, examples, targets, rows, n_repeats, seed);
  std::vector<Importance> importances;
  for (data::NumericColumn& column : shuffling.examples.table.numeric) importances.push_back(shuffling.of(column));
  for (data::CategoricalColumn& column : shuffling.examples.table.categorical)
    importances.push_back(shuffling.of(column));
  return sorted(std::move(importances));
}

std::vector<Importance> group_importance(Head& head, const data::Examples& examples, const data::Targets& targets,
                                         std::span<const std::size_t> rows, int n_repeats, std::uint64_t seed,
                                         const std::vector<std::vector<std::string>>& groups) {
  Shuffling shuffling = shuffling_of(head, examples, targets, rows, n_repeats, seed);
  std::vector<Importance> importances;
  for (const std::vector<std::string>& group : groups) importances.push_back(shuffling.of(group));
  return sorted(std::move(importances));
}

}  // namespace hitscope::models::evaluation
