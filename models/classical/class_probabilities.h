// From outputs to probabilities. Internal to models/classical.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace hitscope::models::classical {

inline double sigmoid(double z) {
  return z >= 0.0 ? 1.0 / (1.0 + std::exp(-z)) : std::exp(z) / (1.0 + std::exp(z));
}

/// exp(z) / sum of exp(z), in place.
inline void softmax(std::span<double> z) {
  const double most = *std::max_element(z.begin(), z.end());
  double sum = 0.0;
  for (double& value : z) sum += value = std::exp(value - most);
  for (double& value : z) value /= sum;
}

/// Outputs [n_rows, n_outputs] as probabilities: one output is the log-odds of the second of two classes, several are
/// those of as many by softmax.
inline std::vector<double> class_probabilities(std::vector<double> outputs, std::size_t n_outputs) {
  if (n_outputs == 1) {
    std::vector<double> two(2 * outputs.size());
    for (std::size_t row = 0; row < outputs.size(); ++row) {
      two[2 * row + 1] = sigmoid(outputs[row]);
      two[2 * row] = sigmoid(-outputs[row]);
    }
    return two;
  }
  for (std::size_t begin = 0; begin < outputs.size(); begin += n_outputs) {
    softmax(std::span(outputs).subspan(begin, n_outputs));
  }
  return outputs;
}

}  // namespace hitscope::models::classical
