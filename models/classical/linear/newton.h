// One linear output fitted by Newton's method: minimises
//
//   sum_i w_i loss_i(z_i) + l2 / 2 |v|^2 + l1 |v|_1,   z = X v + b
//
// exactly, for smooth convex losses. The quadratic model of each step is minimised by Cholesky, with l1 by coordinate
// descent, and steps are halved until the objective falls. It costs a pass over the rows per step, of n_columns^2
// operations a row; five to ten steps are usual. Sums do not depend on the number of threads.
// Thread safety: free functions without shared state.
#pragma once

#include <Eigen/Dense>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "models/data/parallel.h"
#include "models/data/table_encoder.h"

namespace hitscope::models::classical::linear {

/// A row's loss at z, with its first and second derivative.
struct LossTerms {
  double value = 0.0;
  double gradient = 0.0;
  double curvature = 0.0;
};

struct Penalty {
  double l1 = 0.0;
  double l2 = 0.0;
  bool has_intercept = true;
  bool on_intercept = false;  ///< penalises b by l2, too
};

struct NewtonLimits {
  int max_iter = 100;
  double tol = 1e-10;  ///< of the decrease that a step promises, relative to the objective
};

/// weight [n_columns] and bias.
struct LinearOutput {
  std::vector<double> weight;
  double bias = 0.0;
  int n_iter = 0;
};

/// Steps of `model` = gradient . p + p H p / 2 + l1 |v + p|_1 by coordinate descent; the last of n is the intercept.
Eigen::VectorXd descend(const Eigen::MatrixXd& hessian, const Eigen::VectorXd& gradient, const Eigen::VectorXd& at,
                        double l1);
/// -H^-1 gradient; of least length where H is singular.
Eigen::VectorXd newton_step(const Eigen::MatrixXd& hessian, const Eigen::VectorXd& gradient);

/// X v + b for each row.
void outputs_of(const data::Matrix& x, std::span<const double> weight, double bias, int n_threads,
                std::vector<double>& z);

template <typename Loss>
class Newton {
 public:
  /// Begins at `start`, or at 0 where its weight is empty. `row_weights` may be empty.
  Newton(const data::Matrix& x, std::span<const double> row_weights, const Loss& loss, const Penalty& penalty,
         int n_threads, LinearOutput start = {})
      : x_(x), weights_(row_weights), loss_(loss), penalty_(penalty), n_threads_(n_threads) {
    const auto d = static_cast<Eigen::Index>(x.n_columns);
    at_ = Eigen::VectorXd::Zero(d + 1);
    for (Eigen::Index i = 0; i < d && !start.weight.empty(); ++i) at_[i] = start.weight[static_cast<std::size_t>(i)];
    at_[d] = start.bias;
    z_.resize(x.n_rows);
    outputs_of(x, std::span(at_.data(), x.n_columns), at_[d], n_threads, z_);
  }

  LinearOutput solve(const NewtonLimits& limits) {
    LinearOutput result;
    for (result.n_iter = 0; result.n_iter < limits.max_iter; ++result.n_iter) {
      const Sums sums = model();
      const Eigen::VectorXd step = penalty_.l1 > 0.0 ? descend(sums.hessian, sums.gradient, at_, penalty_.l1)
                                                     : newton_step(sums.hessian, sums.gradient);
      const double promised = sums.gradient.dot(step) + l1_at(at_ + step) - l1_at(at_);
      const double objective = sums.value + l1_at(at_);
      if (!(-promised > limits.tol * (std::abs(objective) + 1e-12))) break;
      if constexpr (requires { Loss::kIsQuadratic; }) {  // its model is the loss: one step ends at the optimum
        at_ += step;
        break;
      }
      if (!advance(step, objective, promised)) break;
    }
    const auto d = static_cast<Eigen::Index>(x_.n_columns);
    result.weight.assign(at_.data(), at_.data() + d);
    result.bias = at_[d];
    return result;
  }

 private:
  struct Sums {
    double value = 0.0;
    Eigen::VectorXd gradient;
    Eigen::MatrixXd hessian;
    Sums& operator+=(const Sums& other) {
      value += other.value;
      gradient += other.gradient;
      hessian += other.hessian;
      return *this;
    }
  };

  double l1_at(const Eigen::VectorXd& v) const {
    return penalty_.l1 > 0.0 ? penalty_.l1 * v.head(v.size() - 1).lpNorm<1>() : 0.0;
  }
  double l2_at(const Eigen::VectorXd& v) const {
    const Eigen::Index n = penalty_.on_intercept ? v.size() : v.size() - 1;
    return 0.5 * penalty_.l2 * v.head(n).squaredNorm();
  }
  double weight(std::size_t row) const { return weights_.empty() ? 1.0 : weights_[row]; }

  Sums model() const {
    const auto n = static_cast<Eigen::Index>(x_.n_columns) + 1;
    Sums zero{0.0, Eigen::VectorXd::Zero(n), Eigen::MatrixXd::Zero(n, n)};
    Sums sums = data::summed(x_.n_rows, n_threads_, zero,
                             [&](std::size_t begin, std::size_t end, Sums& sum) { add_rows(begin, end, sum); });
    sums.hessian.template triangularView<Eigen::StrictlyUpper>() = sums.hessian.transpose();
    sums.value += l2_at(at_);
    const Eigen::Index n_penalised = penalty_.on_intercept ? n : n - 1;
    sums.gradient.head(n_penalised) += penalty_.l2 * at_.head(n_penalised);
    sums.hessian.diagonal().head(n_penalised).array() += penalty_.l2;
    if (!penalty_.has_intercept) {
      sums.gradient[n - 1] = 0.0;
      sums.hessian.row(n - 1).setZero();
      sums.hessian.col(n - 1).setZero();
      sums.hessian(n - 1, n - 1) = 1.0;
    }
    return sums;
  }

  void add_rows(std::size_t begin, std::size_t end, Sums& sum) const {
    constexpr std::size_t kPiece = 128;  // rows that stay in the first cache as doubles
    const auto n = static_cast<Eigen::Index>(x_.n_columns) + 1;
    Eigen::MatrixXd piece(n, static_cast<Eigen::Index>(kPiece));
    for (std::size_t from = begin; from < end; from += kPiece) {
      const std::size_t to = std::min(end, from + kPiece);
      Eigen::Index used = 0;
      for (std::size_t row = from; row < to; ++row) {
        const LossTerms terms = loss_(row, z_[row]);
        const double w = weight(row);
        sum.value += w * terms.value;
        if (terms.gradient == 0.0 && terms.curvature == 0.0) continue;
        const float* values = x_.values.data() + row * x_.n_columns;
        const double root = std::sqrt(w * terms.curvature);
        const double slope = w * terms.gradient;
        double* out = piece.data() + used * n;
        for (Eigen::Index c = 0; c + 1 < n; ++c) {
          const auto value = static_cast<double>(values[c]);
          sum.gradient[c] += slope * value;
          out[c] = root * value;
        }
        sum.gradient[n - 1] += slope;
        out[n - 1] = root;
        used += terms.curvature > 0.0 ? 1 : 0;
      }
      if (used == 0) continue;  // Eigen divides by the number of columns
      sum.hessian.template selfadjointView<Eigen::Lower>().rankUpdate(piece.leftCols(used));
    }
  }

  double value_along(const std::vector<double>& direction, double t) const {
    return data::summed(x_.n_rows, n_threads_, 0.0, [&](std::size_t begin, std::size_t end, double& sum) {
      for (std::size_t row = begin; row < end; ++row)
        sum += weight(row) * loss_(row, z_[row] + t * direction[row]).value;
    });
  }

  /// Goes along `step` as far as the objective falls; false where it does not.
  bool advance(const Eigen::VectorXd& step, double objective, double promised) {
    const auto d = static_cast<Eigen::Index>(x_.n_columns);
    std::vector<double> direction(x_.n_rows);
    outputs_of(x_, std::span(step.data(), x_.n_columns), step[d], n_threads_, direction);
    for (double t = 1.0; t > 1e-8; t *= 0.5) {
      const Eigen::VectorXd there = at_ + t * step;
      const double value = value_along(direction, t) + l2_at(there) + l1_at(there);
      if (!(value <= objective + 1e-4 * t * promised)) continue;
      at_ = there;
      for (std::size_t row = 0; row < z_.size(); ++row) z_[row] += t * direction[row];
      return true;
    }
    return false;
  }

  const data::Matrix& x_;
  std::span<const double> weights_;
  const Loss& loss_;
  Penalty penalty_;
  int n_threads_;
  Eigen::VectorXd at_;     // weights, then the intercept
  std::vector<double> z_;  // outputs at at_
};

}  // namespace hitscope::models::classical::linear
