#include "models/classical/linear/linear_estimator.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/classical/class_probabilities.h"

namespace hitscope::models::classical::linear {

std::vector<double> LinearEstimator::predict(const data::Matrix& features, int n_threads) const {
  std::vector<double> z = model_.outputs(features, n_threads);
  if (link_ == Link::kClasses) return class_probabilities(std::move(z), model_.n_outputs());
  if (link_ == Link::kExp) {
    for (double& value : z) value = std::exp(std::min(value, 700.0));
  }
  return z;
}

std::optional<Contributions> LinearEstimator::explain(const data::Matrix& features, int /*n_threads*/) const {
  const char* unit = link_ == Link::kClasses ? "log-odds" : link_ == Link::kExp ? "logarithm" : "";
  return model_.contributions(features, unit);
}

int LinearEstimator::load(const Learned& learned, std::size_t n_columns) {
  LinearModel read = LinearModel::from(learned, n_columns);
  const std::size_t n = read.n_outputs();
  if (link_ != Link::kClasses && n != 1) throw std::runtime_error("linear.bias has more than one output");
  model_ = std::move(read);
  return link_ != Link::kClasses ? 0 : n == 1 ? 2 : static_cast<int>(n);
}

}  // namespace hitscope::models::classical::linear
