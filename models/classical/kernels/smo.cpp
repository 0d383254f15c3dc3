#include "models/classical/kernels/smo.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hitscope::models::classical::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTiny = 1e-12;

class Smo {
 public:
  Smo(const SmoProblem& problem, KernelRows& kernel) : p_(problem), kernel_(kernel), n_(problem.rows.size()) {
    a_.assign(n_, 0.0);
    gradient_ = problem.linear;
    itself_.reserve(n_);
    for (const std::uint32_t row : problem.rows) itself_.push_back(kernel.function().of_itself(row));
  }

  SmoSolution run(double tol, const std::atomic<bool>* stop) {
    const std::size_t most = std::max<std::size_t>(10'000'000, 100 * n_);
    for (std::size_t i = 0; i < most; ++i) {
      if (stop != nullptr && (i & 255U) == 0 && *stop) break;
      if (!step(tol)) break;
    }
    const double rho = middle();
    return {std::move(a_), std::move(gradient_), rho};
  }

 private:
  bool may_rise(std::size_t t) const { return p_.y[t] > 0.0 ? a_[t] < p_.upper[t] : a_[t] > 0.0; }
  bool may_fall(std::size_t t) const { return p_.y[t] > 0.0 ? a_[t] > 0.0 : a_[t] < p_.upper[t]; }

  /// Moves the pair that promises most; false where the optimum is reached.
  bool step(double tol) {
    double most = -kInfinity;
    std::size_t i = n_;
    for (std::size_t t = 0; t < n_; ++t) {
      const double value = -p_.y[t] * gradient_[t];
      if (value > most && may_rise(t)) {
        most = value;
        i = t;
      }
    }
    if (i == n_) return false;
    const float* with_i = kernel_.row(p_.rows[i]);
    double least = kInfinity;
    double best = kInfinity;
    std::size_t j = n_;
    for (std::size_t t = 0; t < n_; ++t) {
      if (!may_fall(t)) continue;
      const double value = -p_.y[t] * gradient_[t];
      least = std::min(least, value);
      const double gap = most - value;
      if (!(gap > 0.0)) continue;
      const double curvature = itself_[i] + itself_[t] - 2.0 * static_cast<double>(with_i[p_.rows[t]]);
      const double promised = -(gap * gap) / std::max(curvature, kTiny);
      if (promised < best) {
        best = promised;
        j = t;
      }
    }
    if (j == n_ || most - least < tol) return false;
    move(i, j);
    return true;
  }

  void move(std::size_t i, std::size_t j) {
    const float* with_i = kernel_.row(p_.rows[i]);
    const float* with_j = kernel_.row(p_.rows[j]);
    const double y_i = p_.y[i];
    const double y_j = p_.y[j];
    const double curvature = std::max(itself_[i] + itself_[j] - 2.0 * static_cast<double>(with_i[p_.rows[j]]), kTiny);
    // Along y_i a_i + y_j a_j = constant: a_i rises by y_i t, a_j falls by y_j t.
    double t = (-y_i * gradient_[i] + y_j * gradient_[j]) / curvature;
    t = std::min(t, y_i > 0.0 ? p_.upper[i] - a_[i] : a_[i]);
    t = std::min(t, y_j > 0.0 ? a_[j] : p_.upper[j] - a_[j]);
    const double before_i = a_[i];
    const double before_j = a_[j];
    a_[i] = bounded(before_i + y_i * t, p_.upper[i]);
    a_[j] = bounded(before_j - y_j * t, p_.upper[j]);
    const double change_i = y_i * (a_[i] - before_i);
    const double change_j = y_j * (a_[j] - before_j);
    for (std::size_t k = 0; k < n_; ++k) {
      const std::uint32_t row = p_.rows[k];
      gradient_[k] +=
          p_.y[k] * (change_i * static_cast<double>(with_i[row]) + change_j * static_cast<double>(with_j[row]));
    }
  }

  /// Bounds are met exactly, whatever rounding says.
  static double bounded(double value, double upper) {
    if (value < kTiny * upper) return 0.0;
    return value > upper * (1.0 - kTiny) ? upper : value;
  }

  /// The mean of y G over free variables, or the middle of what the bounded ones allow.
  double middle() const {
    double sum = 0.0;
    std::size_t n_free = 0;
    double low = -kInfinity;
    double high = kInfinity;
    for (std::size_t t = 0; t < n_; ++t) {
      if (p_.upper[t] <= 0.0) continue;
      const double value = p_.y[t] * gradient_[t];
      if (a_[t] > 0.0 && a_[t] < p_.upper[t]) {
        sum += value;
        ++n_free;
      } else if ((a_[t] > 0.0) == (p_.y[t] > 0.0)) {
        low = std::max(low, value);
      } else {
        high = std::min(high, value);
      }
    }
    if (n_free > 0) return sum / static_cast<double>(n_free);
    if (!std::isfinite(low) || !std::isfinite(high)) return std::isfinite(low) ? low : std::isfinite(high) ? high : 0.0;
    return 0.5 * (low + high);
  }

  const SmoProblem& p_;
  KernelRows& kernel_;
  std::size_t n_;
  std::vector<double> a_;
  std::vector<double> gradient_;
  std::vector<double> itself_;
};

}  // namespace

SmoSolution solve(const SmoProblem& problem, KernelRows& kernel, double tol, const std::atomic<bool>* stop) {
  return Smo(problem, kernel).run(tol, stop);
}

}  // namespace hitscope::models::classical::kernels
