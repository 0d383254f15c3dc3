#include "models/data/resampling.h"

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <string>

#include "models/data/nearest_rows.h"

namespace hitscope::models::data {
namespace {

using Rows = std::vector<std::size_t>;

std::vector<Rows> rows_by_class(std::span<const int> targets) {
  std::vector<Rows> classes;
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const auto c = static_cast<std::size_t>(targets[row]);
    if (c >= classes.size()) classes.resize(c + 1);
    classes[c].push_back(row);
  }
  return classes;
}

std::span<const float> row_of(const Matrix& matrix, std::size_t row) {
  return {matrix.values.data() + row * matrix.n_columns, matrix.n_columns};
}

Matrix rows_of(const Matrix& matrix, const Rows& rows) {
  Matrix taken{rows.size(), matrix.n_columns, {}};
  taken.values.reserve(rows.size() * matrix.n_columns);
  for (const std::size_t row : rows) {
    const auto values = row_of(matrix, row);
    taken.values.insert(taken.values.end(), values.begin(), values.end());
  }
  return taken;
}

/// n copies of random rows.
std::vector<float> copies(const Matrix& rows, std::size_t n, std::mt19937_64& random) {
  std::vector<float> added;
  added.reserve(n * rows.n_columns);
  for (std::size_t i = 0; i < n; ++i) {
    const auto values = row_of(rows, random() % rows.n_rows);
    added.insert(added.end(), values.begin(), values.end());
  }
  return added;
}

/// n rows, each at a random place between a random row and one of its neighbours.
std::vector<float> synthetic(const Matrix& rows, std::size_t n, std::size_t k, std::mt19937_64& random) {
  const NearestRows index(rows);
  std::vector<Rows> neighbors(rows.n_rows);  // neighbours of the rows that were drawn
  std::vector<float> added;
  added.reserve(n * rows.n_columns);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t row = random() % rows.n_rows;
    if (neighbors[row].empty()) neighbors[row] = index.nearest(row, k);
    const auto from = row_of(rows, row);
    const auto to = row_of(rows, neighbors[row][random() % k]);
    const double step = static_cast<double>(random() >> 11) * 0x1p-53;  // [0, 1)
    for (std::size_t c = 0; c < rows.n_columns; ++c) {
      const double start = from[c];
      added.push_back(static_cast<float>(start + step * (to[c] - start)));
    }
  }
  return added;
}

/// Rows that are in no Tomek link. Throws where a class would lose its last.
Rows without_links(const Matrix& features, std::span<const int> targets) {
  const std::vector<bool> links = tomek_links(features, targets);
  Rows kept;
  std::vector<std::size_t> left;
  for (std::size_t row = 0; row < links.size(); ++row) {
    const auto c = static_cast<std::size_t>(targets[row]);
    if (c >= left.size()) left.resize(c + 1);
    if (links[row]) continue;
    kept.push_back(row);
    ++left[c];
  }
  for (const int c : targets) {
    if (left[static_cast<std::size_t>(c)] > 0) continue;
    throw std::invalid_argument("Tomek links would take every row of class " + std::to_string(c) +
                                "; use `resampling` smote or random");
  }
  return kept;
}

}  // namespace

TrainingMatrix::TrainingMatrix(const TableEncoder& encoder, const FeatureTable& table, std::span<const int> targets,
                               const TrainingFold& fold, int n_threads)
    : features_(encoder.transform(table, fold.train_rows(), n_threads)) {
  targets_.reserve(features_.n_rows);
  for (const std::size_t row : fold.train_rows()) {
    if (row >= targets.size() || targets[row] < 0) {
      throw std::invalid_argument("row " + std::to_string(row) + " trains without a class");
    }
    targets_.push_back(targets[row]);
  }
}

TrainingMatrix TrainingMatrix::resampled(Resampling resampling, std::uint64_t seed, int k_neighbors) const {
  if (k_neighbors < 1) {
    throw std::invalid_argument("k_neighbors is " + std::to_string(k_neighbors) + "; it must be 1 or more");
  }
  TrainingMatrix grown = *this;
  if (resampling == Resampling::kNone) return grown;
  std::mt19937_64 random(seed);
  const std::vector<Rows> classes = rows_by_class(targets_);
  std::size_t largest = 0;
  for (const Rows& rows : classes) largest = std::max(largest, rows.size());
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const std::size_t n = classes[c].size();
    if (n == 0 || n == largest) continue;
    if (resampling != Resampling::kRandom && n < 2) {
      throw std::invalid_argument("class " + std::to_string(c) +
                                  " has one training row; SMOTE needs two, to go between them");
    }
    const Matrix rows = rows_of(features_, classes[c]);
    const std::size_t k = std::min(static_cast<std::size_t>(k_neighbors), n - 1);
    const std::vector<float> added =
        resampling == Resampling::kRandom ? copies(rows, largest - n, random) : synthetic(rows, largest - n, k, random);
    grown.features_.values.insert(grown.features_.values.end(), added.begin(), added.end());
    grown.features_.n_rows += largest - n;
    grown.targets_.resize(grown.targets_.size() + largest - n, static_cast<int>(c));
  }
  if (resampling != Resampling::kSmoteTomek) return grown;
  const Rows kept = without_links(grown.features_, grown.targets_);
  TrainingMatrix cleaned;
  cleaned.features_ = rows_of(grown.features_, kept);
  for (const std::size_t row : kept) cleaned.targets_.push_back(grown.targets_[row]);
  return cleaned;
}

std::vector<std::size_t> oversampled(std::span<const int> targets, const TrainingFold& fold, std::uint64_t seed) {
  Rows rows(fold.train_rows().begin(), fold.train_rows().end());
  std::vector<int> of_rows;
  for (const std::size_t row : rows) of_rows.push_back(targets[row]);
  const std::vector<Rows> classes = rows_by_class(of_rows);
  std::size_t largest = 0;
  for (const Rows& members : classes) largest = std::max(largest, members.size());
  std::mt19937_64 random(seed);
  for (const Rows& members : classes) {
    for (std::size_t n = members.size(); n > 0 && n < largest; ++n) {
      rows.push_back(fold.train_rows()[members[random() % members.size()]]);
    }
  }
  return rows;
}

std::vector<std::size_t> nearest_neighbors(const Matrix& rows, int k) {
  if (k < 1 || static_cast<std::size_t>(k) >= rows.n_rows) {
    throw std::invalid_argument("k is " + std::to_string(k) + "; it must be 1 or more and under the number of rows, " +
                                std::to_string(rows.n_rows));
  }
  const NearestRows index(rows);
  std::vector<std::size_t> neighbors;
  neighbors.reserve(rows.n_rows * static_cast<std::size_t>(k));
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    const Rows nearest = index.nearest(row, static_cast<std::size_t>(k));
    neighbors.insert(neighbors.end(), nearest.begin(), nearest.end());
  }
  return neighbors;
}

std::vector<bool> tomek_links(const Matrix& rows, std::span<const int> targets) {
  if (targets.size() != rows.n_rows) {
    throw std::invalid_argument("tomek_links: " + std::to_string(targets.size()) + " targets for " +
                                std::to_string(rows.n_rows) + " rows");
  }
  std::vector<bool> links(rows.n_rows, false);
  if (rows.n_rows < 2) return links;
  const Rows nearest = nearest_neighbors(rows, 1);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    links[row] = targets[row] != targets[nearest[row]] && nearest[nearest[row]] == row;
  }
  return links;
}

std::vector<double> balanced_class_weights(std::span<const int> targets, int n_classes) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(std::max(n_classes, 0)), 0);
  for (const int target : targets) {
    if (target < 0 || target >= n_classes) {
      throw std::invalid_argument("a target is " + std::to_string(target) + "; it must be 0 to " +
                                  std::to_string(n_classes - 1));
    }
    ++counts[static_cast<std::size_t>(target)];
  }
  // scikit-learn counts the classes that are there.
  const auto n_present = static_cast<double>(std::count_if(counts.begin(), counts.end(), [](auto n) { return n > 0; }));
  std::vector<double> weights;
  for (const std::size_t n : counts) {
    weights.push_back(n == 0 ? 0.0 : static_cast<double>(targets.size()) / (n_present * static_cast<double>(n)));
  }
  return weights;
}

}  // namespace hitscope::models::data
