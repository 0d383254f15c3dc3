#include "models/classical/kernels/nystrom.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "models/data/parallel.h"

namespace hitscope::models::classical::kernels {
namespace {

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Eigen::Index;

}  // namespace

Nystrom::Nystrom(const data::Matrix& rows, const KernelParameters& parameters, double gamma, std::uint64_t seed)
    : parameters_(parameters), gamma_(gamma) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> order(rows.n_rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t n = std::min(rows.n_rows, static_cast<std::size_t>(parameters.n_components));
  landmarks_ = {n, rows.n_columns, {}};
  for (std::size_t i = 0; i < n; ++i) {
    std::swap(order[i], order[i + random() % (order.size() - i)]);
    const float* row = rows.values.data() + order[i] * rows.n_columns;
    landmarks_.values.insert(landmarks_.values.end(), row, row + rows.n_columns);
  }
  const KernelFunction function(landmarks_, parameters.kernel, gamma, parameters.degree, parameters.coef0);
  std::vector<float> kernel(n);
  Eigen::MatrixXd matrix(static_cast<Index>(n), static_cast<Index>(n));
  for (std::size_t i = 0; i < n; ++i) {
    function.with_all(landmarks_.values.data() + i * rows.n_columns, kernel.data());
    for (std::size_t j = 0; j < n; ++j) matrix(static_cast<Index>(i), static_cast<Index>(j)) = kernel[j];
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (matrix + matrix.transpose()));
  Eigen::VectorXd factors = solver.eigenvalues();
  const double least = 1e-6 * factors.cwiseAbs().maxCoeff();  // single precision has no more
  for (double& f : factors) f = f > least ? 1.0 / std::sqrt(f) : 0.0;
  const FloatRows root =
      (solver.eigenvectors() * factors.asDiagonal() * solver.eigenvectors().transpose()).cast<float>();
  root_.assign(root.data(), root.data() + root.size());
}

data::Matrix Nystrom::transform(const data::Matrix& rows, int n_threads) const {
  const KernelFunction function(landmarks_, parameters_.kernel, gamma_, parameters_.degree, parameters_.coef0);
  const auto n = static_cast<Index>(landmarks_.n_rows);
  const Eigen::Map<const FloatRows> root(root_.data(), n, n);
  data::Matrix result{rows.n_rows, landmarks_.n_rows, std::vector<float>(rows.n_rows * landmarks_.n_rows)};
  data::in_blocks(
      rows.n_rows, n_threads,
      [&](std::size_t begin, std::size_t end) {
        FloatRows kernel(static_cast<Index>(end - begin), n);
        for (std::size_t row = begin; row < end; ++row) {
          function.with_all(rows.values.data() + row * rows.n_columns,
                            kernel.row(static_cast<Index>(row - begin)).data());
        }
        Eigen::Map<FloatRows>(result.values.data() + begin * landmarks_.n_rows, kernel.rows(), n).noalias() =
            kernel * root;
      },
      512);
  return result;
}

std::vector<double> Nystrom::coefficients(const std::vector<double>& weight) const {
  const std::size_t n = landmarks_.n_rows;
  std::vector<double> result(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result[i] += static_cast<double>(root_[i * n + j]) * weight[j];
  }
  return result;
}

}  // namespace hitscope::models::classical::kernels
