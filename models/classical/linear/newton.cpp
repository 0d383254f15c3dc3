#include "models/classical/linear/newton.h"

#include <algorithm>

namespace hitscope::models::classical::linear {

Eigen::VectorXd descend(const Eigen::MatrixXd& hessian, const Eigen::VectorXd& gradient, const Eigen::VectorXd& at,
                        double l1) {
  constexpr int kMostSweeps = 1000;
  constexpr double kSmall = 1e-12;
  const Eigen::Index n = at.size();
  Eigen::VectorXd step = Eigen::VectorXd::Zero(n);
  Eigen::VectorXd slope = gradient;  // of the quadratic part at `step`
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double largest = 0.0;
    for (Eigen::Index i = 0; i < n; ++i) {
      const double curvature = hessian(i, i);
      if (!(curvature > 0.0)) continue;
      const double free = at[i] + step[i] - slope[i] / curvature;
      const double shrunk = i + 1 == n ? free : std::copysign(std::max(0.0, std::abs(free) - l1 / curvature), free);
      const double change = shrunk - (at[i] + step[i]);
      if (change == 0.0) continue;
      step[i] += change;
      slope += change * hessian.col(i);
      largest = std::max(largest, change * change * curvature);
    }
    if (largest < kSmall * (1e-12 + std::abs(gradient.dot(step)))) break;
  }
  return step;
}

Eigen::VectorXd newton_step(const Eigen::MatrixXd& hessian, const Eigen::VectorXd& gradient) {
  const Eigen::LDLT<Eigen::MatrixXd> factor(hessian);
  const Eigen::VectorXd diagonal = factor.vectorD();
  if (factor.info() == Eigen::Success && diagonal.minCoeff() > 1e-10 * diagonal.maxCoeff()) {
    return factor.solve(-gradient);
  }
  return Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(hessian).solve(-gradient);
}

void outputs_of(const data::Matrix& x, std::span<const double> weight, double bias, int n_threads,
                std::vector<double>& z) {
  data::in_blocks(x.n_rows, n_threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float* values = x.values.data() + row * x.n_columns;
      double sum = bias;
      for (std::size_t c = 0; c < x.n_columns; ++c) sum += weight[c] * static_cast<double>(values[c]);
      z[row] = sum;
    }
  });
}

}  // namespace hitscope::models::classical::linear
