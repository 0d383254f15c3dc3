// Losses of one linear output z against a target y, with derivatives. Each is called for a row and its output.
// Thread safety: const functions by any number of threads; they borrow their targets.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "models/classical/class_probabilities.h"
#include "models/classical/linear/newton.h"

namespace hitscope::models::classical::linear {

/// log(1 + exp(z)) without overflow.
inline double softplus(double z) {
  return z > 0.0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

/// Whether a row is of class `positive`.
struct OneClass {
  std::span<const int> targets;
  int positive = 1;
  bool operator()(std::size_t row) const { return targets[row] == positive; }
};

/// Cross-entropy of the sigmoid; of one class against others whose log of summed exponentials is `others`, if given.
struct LogisticLoss {
  OneClass is_positive;
  std::span<const double> others{};

  LossTerms operator()(std::size_t row, double z) const {
    const double from = z - (others.empty() ? 0.0 : others[row]);
    const double tail = std::exp(-std::abs(from));
    const double p = from >= 0.0 ? 1.0 / (1.0 + tail) : tail / (1.0 + tail);
    const bool positive = is_positive(row);
    const double value = (positive ? std::max(-from, 0.0) : std::max(from, 0.0)) + std::log1p(tail);
    return {value, p - (positive ? 1.0 : 0.0), p * (1.0 - p)};
  }
};

/// max(0, 1 - yz)^2, y = 1 for the class and -1 for others.
struct SquaredHingeLoss {
  OneClass is_positive;

  LossTerms operator()(std::size_t row, double z) const {
    const double y = is_positive(row) ? 1.0 : -1.0;
    const double slack = 1.0 - y * z;
    if (slack <= 0.0) return {};
    return {slack * slack, -2.0 * y * slack, 2.0};
  }
};

/// (z - y)^2 / 2
struct SquaredLoss {
  static constexpr bool kIsQuadratic = true;
  std::span<const double> values;

  LossTerms operator()(std::size_t row, double z) const {
    const double error = z - values[row];
    return {0.5 * error * error, error, 1.0};
  }
};

/// exp(z) - yz: Poisson's deviance with a log link, up to a constant.
struct PoissonLoss {
  std::span<const double> values;

  LossTerms operator()(std::size_t row, double z) const {
    const double mean = std::exp(std::min(z, 700.0));
    return {mean - values[row] * z, mean - values[row], mean};
  }
};

/// quantile * max(0, y - z) + (1 - quantile) * max(0, z - y), its corner rounded over a width `rounding`.
struct QuantileLoss {
  std::span<const double> values;
  double quantile = 0.5;
  double rounding = 1.0;

  LossTerms operator()(std::size_t row, double z) const {
    const double error = (z - values[row]) / rounding;
    const double p = sigmoid(error);
    return {rounding * (softplus(error) - quantile * error), p - quantile, p * (1.0 - p) / rounding};
  }
};

/// max(0, |y - z| - epsilon), its corners rounded over a width `rounding`.
struct EpsilonLoss {
  std::span<const double> values;
  double epsilon = 0.0;
  double rounding = 1.0;

  LossTerms operator()(std::size_t row, double z) const {
    const double above = (z - values[row] - epsilon) / rounding;
    const double below = (values[row] - z - epsilon) / rounding;
    const double p = sigmoid(above);
    const double q = sigmoid(below);
    return {rounding * (softplus(above) + softplus(below)), p - q, (p * (1.0 - p) + q * (1.0 - q)) / rounding};
  }
};

/// max(0, |y - z| - epsilon)^2
struct SquaredEpsilonLoss {
  std::span<const double> values;
  double epsilon = 0.0;

  LossTerms operator()(std::size_t row, double z) const {
    const double error = z - values[row];
    const double beyond = std::abs(error) - epsilon;
    if (beyond <= 0.0) return {};
    return {beyond * beyond, std::copysign(2.0 * beyond, error), 2.0};
  }
};

}  // namespace hitscope::models::classical::linear
