// The two fits behind a Calibrator: Platt's logistic curve and isotonic regression, on scores [n_rows] of one class.
// Internal to models.
// Thread safety: free functions without shared state.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hitscope::models::evaluation {

/// 1 / (1 + exp(z)) without overflow.
inline double falling_logistic(double z) {
  const double e = std::exp(-std::abs(z));
  return z >= 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

/// Platt's loss of p = 1 / (1 + exp(slope * score + offset)) and its derivatives.
struct PlattLoss {
  double loss = 0.0;
  double d_slope = 0.0, d_offset = 0.0;
  double dd_slope = 0.0, dd_mixed = 0.0, dd_offset = 0.0;

  PlattLoss(std::span<const double> scores, std::span<const double> targets, double slope, double offset) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double z = slope * scores[i] + offset;
      const double p = falling_logistic(z);
      const double error = targets[i] - p;
      const double weight = p * (1.0 - p);
      // -(t log p + (1 - t) log(1 - p))
      loss += std::log1p(std::exp(-std::abs(z))) + (z >= 0.0 ? targets[i] * z : (targets[i] - 1.0) * z);
      d_slope += error * scores[i];
      d_offset += error;
      dd_slope += weight * scores[i] * scores[i];
      dd_mixed += weight * scores[i];
      dd_offset += weight;
    }
  }
};

/// Minimises the convex Platt loss by Newton's method with step halving; returns slope and offset. `scores` have mean 0
/// and variance 1, so that the Hessian is well conditioned whatever the range of a head's probabilities.
inline std::pair<double, double> minimise_platt(std::span<const double> scores, std::span<const double> targets,
                                                double offset) {
  constexpr int kMostSteps = 100;
  double slope = 0.0;
  PlattLoss now(scores, targets, slope, offset);
  for (int step = 0; step < kMostSteps; ++step) {
    const double a = now.dd_slope + 1e-12;
    const double c = now.dd_offset + 1e-12;
    const double determinant = a * c - now.dd_mixed * now.dd_mixed;
    if (!(determinant > 0.0)) break;
    const double d_slope = (now.dd_mixed * now.d_offset - c * now.d_slope) / determinant;
    const double d_offset = (now.dd_mixed * now.d_slope - a * now.d_offset) / determinant;
    double length = 1.0;
    bool moved = false;
    for (; length > 1e-10 && !moved; length /= 2.0) {
      const PlattLoss next(scores, targets, slope + length * d_slope, offset + length * d_offset);
      // Near the optimum the loss no longer tells steps apart, but the gradient does.
      const double steepness = std::hypot(now.d_slope, now.d_offset);
      const bool flat = next.loss <= now.loss + 1e-12 * std::abs(now.loss);
      if (next.loss >= now.loss && !(flat && std::hypot(next.d_slope, next.d_offset) < steepness)) continue;
      slope += length * d_slope;
      offset += length * d_offset;
      now = next;
      moved = true;
    }
    if (!moved) break;
  }
  return {slope, offset};
}

/// The points that isotonic regression fits: distinct scores in rising order, their mean targets and their numbers of
/// rows.
struct Steps {
  std::vector<double> scores, values, weights;
};

/// Merges equal scores into one point with the mean of their targets. Like in scikit-learn, scores closer than 1e-15
/// are equal.
inline Steps distinct_scores(std::span<const double> scores, const std::vector<bool>& positive) {
  constexpr double kResolution = 1e-15;
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  Steps steps;
  for (const std::size_t i : order) {
    if (steps.scores.empty() || scores[i] - steps.scores.back() >= kResolution) {
      steps.scores.push_back(scores[i]);
      steps.values.push_back(0.0);
      steps.weights.push_back(0.0);
    }
    steps.values.back() += positive[i] ? 1.0 : 0.0;
    steps.weights.back() += 1.0;
  }
  for (std::size_t i = 0; i < steps.values.size(); ++i) steps.values[i] /= steps.weights[i];
  return steps;
}

/// Pools adjacent violators: neighbouring values in falling order are replaced by their weighted mean.
inline void pool_adjacent_violators(Steps& steps) {
  struct Pool {
    double sum, weight;
    std::size_t n;
    double mean() const { return sum / weight; }
  };
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < steps.values.size(); ++i) {
    Pool pool{steps.values[i] * steps.weights[i], steps.weights[i], 1};
    while (!pools.empty() && pools.back().mean() >= pool.mean()) {
      pool = {pool.sum + pools.back().sum, pool.weight + pools.back().weight, pool.n + pools.back().n};
      pools.pop_back();
    }
    pools.push_back(pool);
  }
  std::size_t i = 0;
  for (const Pool& pool : pools) {
    for (std::size_t end = i + pool.n; i < end; ++i) steps.values[i] = pool.mean();
  }
}

}  // namespace hitscope::models::evaluation
