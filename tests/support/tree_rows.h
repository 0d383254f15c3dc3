// Rows to fit trees to.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "models/classical/trees/trees.h"

namespace hitscope::tests {

using namespace models;

struct Rows {
  data::Matrix features;
  std::vector<int> targets;
  std::vector<double> values;
  std::vector<double> weights;

  classical::trees::TreeRows view() const { return {features, targets, values, weights}; }
  void add(const std::vector<float>& row, int target, double weight = 1.0) {
    features.n_columns = row.size();
    ++features.n_rows;
    features.values.insert(features.values.end(), row.begin(), row.end());
    targets.push_back(target);
    weights.push_back(weight);
  }
};

inline float uniform(std::mt19937_64& random) {
  return static_cast<float>(static_cast<double>(random() >> 40) / 16777216.0);
}

/// Classes 0 and 1 in opposite quarters of a square, and a column of noise.
inline Rows exclusive_or(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    const float x = uniform(random), y = uniform(random);
    rows.add({x, y, uniform(random)}, (x > 0.5F) != (y > 0.5F) ? 1 : 0);
  }
  return rows;
}

inline classical::trees::TreesOptions of_classes(int n_classes, std::uint64_t seed = 1, int n_threads = 1) {
  classical::trees::TreesOptions options;
  options.n_classes = n_classes;
  options.seed = seed;
  options.n_threads = n_threads;
  return options;
}

inline double accuracy(const classical::trees::Trees& trees, const Rows& rows) {
  const data::Probabilities p = trees.predict_probabilities(rows.features);
  std::size_t n_right = 0;
  for (std::size_t i = 0; i < p.n_rows; ++i) n_right += p.predicted(i) == rows.targets[i] ? 1 : 0;
  return static_cast<double>(n_right) / static_cast<double>(p.n_rows);
}

}  // namespace hitscope::tests
