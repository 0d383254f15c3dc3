// What a linear estimator has learned: a row of weights and a bias for each output.
//
// Arrays: linear.weight [n_outputs, n_columns], linear.bias [n_outputs], linear.mean [n_columns] (of the training rows,
// for contributions), all double.
// Thread safety: const functions by any number of threads.
#pragma once

#include <string>
#include <vector>

#include "models/classical/estimator.h"

namespace hitscope::models::classical::linear {

struct LinearModel {
  std::size_t n_columns = 0;
  std::vector<double> weight;  ///< [n_outputs, n_columns]
  std::vector<double> bias;    ///< [n_outputs]
  std::vector<double> mean;    ///< [n_columns]

  std::size_t n_outputs() const { return bias.size(); }
  std::size_t n_parameters() const { return weight.size() + bias.size(); }
  void add(const std::vector<double>& weights, double bias_of_them);
  /// [n_rows, n_outputs].
  std::vector<double> outputs(const data::Matrix& x, int n_threads) const;
  /// Weight times the distance from the mean, which sum to the output: exact.
  Contributions contributions(const data::Matrix& x, std::string unit) const;
  Learned learned() const;
  static LinearModel from(const Learned& learned, std::size_t n_columns);
};

/// Means of the columns [n_columns], by weight.
std::vector<double> column_means(const LearningRows& rows, int n_threads);

}  // namespace hitscope::models::classical::linear
