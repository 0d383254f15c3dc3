#include "models/classical/linear/linear_model.h"

#include <stdexcept>

#include "models/data/parallel.h"

namespace hitscope::models::classical::linear {
namespace {

std::int64_t signed_size(std::size_t n) {
  return static_cast<std::int64_t>(n);
}

struct Means {
  double weight = 0.0;
  std::vector<double> sums;
  Means& operator+=(const Means& other) {
    weight += other.weight;
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += other.sums[c];
    return *this;
  }
};

}  // namespace

void LinearModel::add(const std::vector<double>& weights, double bias_of_them) {
  n_columns = weights.size();
  weight.insert(weight.end(), weights.begin(), weights.end());
  bias.push_back(bias_of_them);
}

std::vector<double> LinearModel::outputs(const data::Matrix& x, int n_threads) const {
  const std::size_t k = n_outputs();
  std::vector<double> z(x.n_rows * k);
  data::in_blocks(x.n_rows, n_threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float* values = x.values.data() + row * n_columns;
      for (std::size_t o = 0; o < k; ++o) {
        const double* w = weight.data() + o * n_columns;
        double sum = bias[o];
        for (std::size_t c = 0; c < n_columns; ++c) sum += w[c] * static_cast<double>(values[c]);
        z[row * k + o] = sum;
      }
    }
  });
  return z;
}

Contributions LinearModel::contributions(const data::Matrix& x, std::string unit) const {
  Contributions result{std::move(unit), n_outputs(), bias, {}};
  for (std::size_t o = 0; o < n_outputs(); ++o) {
    for (std::size_t c = 0; c < n_columns; ++c) result.base[o] += weight[o * n_columns + c] * mean[c];
  }
  result.values.reserve(x.n_rows * weight.size());
  for (std::size_t row = 0; row < x.n_rows; ++row) {
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const std::size_t c = i % n_columns;
      result.values.push_back(weight[i] * (static_cast<double>(x.values[row * n_columns + c]) - mean[c]));
    }
  }
  return result;
}

Learned LinearModel::learned() const {
  Learned result;
  result.arrays["linear.weight"] = {{signed_size(n_outputs()), signed_size(n_columns)}, weight};
  result.arrays["linear.bias"] = {{signed_size(n_outputs())}, bias};
  result.arrays["linear.mean"] = {{signed_size(n_columns)}, mean};
  return result;
}

LinearModel LinearModel::from(const Learned& learned, std::size_t n_columns) {
  LinearModel model;
  model.n_columns = n_columns;
  model.bias = doubles(learned.arrays, "linear.bias", {-1});
  model.weight = doubles(learned.arrays, "linear.weight", {signed_size(model.bias.size()), signed_size(n_columns)});
  model.mean = doubles(learned.arrays, "linear.mean", {signed_size(n_columns)});
  if (model.bias.empty()) throw std::runtime_error("linear.bias is empty");
  return model;
}

std::vector<double> column_means(const LearningRows& rows, int n_threads) {
  const std::size_t d = rows.n_columns();
  Means means = data::summed(rows.n_rows(), n_threads, Means{0.0, std::vector<double>(d, 0.0)},
                             [&](std::size_t begin, std::size_t end, Means& sum) {
                               for (std::size_t row = begin; row < end; ++row) {
                                 const double w = rows.weight(row);
                                 sum.weight += w;
                                 const float* values = rows.features.values.data() + row * d;
                                 for (std::size_t c = 0; c < d; ++c) sum.sums[c] += w * static_cast<double>(values[c]);
                               }
                             });
  for (double& sum : means.sums) sum /= means.weight;
  return means.sums;
}

}  // namespace hitscope::models::classical::linear
