#include "models/classical/linear/softmax.h"

#include <cmath>

#include "models/classical/linear/losses.h"

namespace hitscope::models::classical::linear {
namespace {

using Rows = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Eigen::Index;
using Eigen::MatrixXd;

/// A number and a matrix that add up.
struct Sum {
  double value = 0.0;
  MatrixXd matrix;
  Sum& operator+=(const Sum& other) {
    value += other.value;
    matrix += other.matrix;
    return *this;
  }
};

class Softmax {
 public:
  Softmax(const LearningRows& rows, const Penalty& penalty, int n_threads)
      : rows_(rows),
        penalty_(penalty),
        n_threads_(n_threads),
        k_(rows.n_classes),
        n_(static_cast<Index>(rows.n_columns()) + 1),
        at_(MatrixXd::Zero(n_, k_)),
        p_(static_cast<Index>(rows.n_rows()), k_) {}

  bool solve(const NewtonLimits& limits, const FitContext& context) {
    for (int i = 0; i < limits.max_iter; ++i) {
      if (context.is_stopped()) return false;
      const Sum model = gradient();
      factorise();
      const MatrixXd step = conjugate_gradients(model.matrix);
      const double promised = model.matrix.cwiseProduct(step).sum();
      if (!(-promised > limits.tol * (std::abs(model.value) + 1e-12))) break;
      if (!advance(step, model.value, promised)) break;
    }
    return true;
  }

  void give(LinearModel& model) const {
    for (Index k = 0; k < k_; ++k) {
      model.add({at_.col(k).data(), at_.col(k).data() + n_ - 1}, at_(n_ - 1, k));
    }
  }

 private:
  /// The rows of a block as doubles, with a last column of ones.
  RowMatrix block(std::size_t begin, std::size_t end) const {
    RowMatrix x(static_cast<Index>(end - begin), n_);
    x.leftCols(n_ - 1) =
        Rows(rows_.features.values.data() + begin * rows_.n_columns(), x.rows(), n_ - 1).cast<double>();
    x.col(n_ - 1).setOnes();
    return x;
  }
  template <typename Work>
  Sum over_blocks(const Work& work) const {
    return data::summed(rows_.n_rows(), n_threads_, Sum{0.0, MatrixXd::Zero(n_, k_)}, work);
  }
  double weight(std::size_t row) const { return rows_.weight(row); }
  double l2_at(const MatrixXd& at) const { return 0.5 * penalty_.l2 * at.topRows(n_ - 1).squaredNorm(); }

  /// Probabilities in `z`, and the loss.
  double to_probabilities(RowMatrix& z, std::size_t begin) const {
    double loss = 0.0;
    for (Index i = 0; i < z.rows(); ++i) {
      const std::size_t row = begin + static_cast<std::size_t>(i);
      const double most = z.row(i).maxCoeff();
      const double of_target = z(i, rows_.targets[row]);
      z.row(i) = (z.row(i).array() - most).exp();
      const double sum = z.row(i).sum();
      loss += weight(row) * (std::log(sum) + most - of_target);
      z.row(i) /= sum;
    }
    return loss;
  }

  /// The objective and its gradient; leaves the probabilities in p_.
  Sum gradient() {
    Sum sum = over_blocks([&](std::size_t begin, std::size_t end, Sum& part) {
      const RowMatrix x = block(begin, end);
      RowMatrix z = x * at_;
      part.value += to_probabilities(z, begin);
      p_.middleRows(static_cast<Index>(begin), z.rows()) = z;
      for (Index i = 0; i < z.rows(); ++i) {
        const std::size_t row = begin + static_cast<std::size_t>(i);
        z(i, rows_.targets[row]) -= 1.0;
        z.row(i) *= weight(row);
      }
      part.matrix.noalias() += x.transpose() * z;
    });
    sum.value += l2_at(at_);
    sum.matrix.topRows(n_ - 1) += penalty_.l2 * at_.topRows(n_ - 1);
    if (!penalty_.has_intercept) sum.matrix.row(n_ - 1).setZero();
    return sum;
  }

  double objective(const MatrixXd& at) const {
    const Sum sum = data::summed(rows_.n_rows(), n_threads_, Sum{0.0, MatrixXd::Zero(0, 0)},
                                 [&](std::size_t begin, std::size_t end, Sum& part) {
                                   RowMatrix z = block(begin, end) * at;
                                   part.value += to_probabilities(z, begin);
                                 });
    return sum.value + l2_at(at);
  }

  MatrixXd hessian_times(const MatrixXd& direction) const {
    Sum sum = over_blocks([&](std::size_t begin, std::size_t end, Sum& part) {
      const RowMatrix x = block(begin, end);
      const auto p = p_.middleRows(static_cast<Index>(begin), x.rows());
      RowMatrix u = x * direction;
      const Eigen::VectorXd mean = p.cwiseProduct(u).rowwise().sum();
      u = p.cwiseProduct(u.colwise() - mean);
      for (Index i = 0; i < u.rows(); ++i) u.row(i) *= weight(begin + static_cast<std::size_t>(i));
      part.matrix.noalias() += x.transpose() * u;
    });
    sum.matrix.topRows(n_ - 1) += penalty_.l2 * direction.topRows(n_ - 1);
    if (!penalty_.has_intercept) sum.matrix.row(n_ - 1).setZero();
    return sum.matrix;
  }

  /// Each class's own Hessian; of many classes one for all of them, which costs as much as one.
  void factorise() {
    constexpr double kMuch = 2e10;
    const double cost = static_cast<double>(rows_.n_rows()) * static_cast<double>(n_ * n_) * static_cast<double>(k_);
    const bool is_shared = cost > kMuch;
    factors_.clear();
    for (Index k = 0; k < (is_shared ? 1 : k_); ++k) {
      Sum sum = data::summed(rows_.n_rows(), n_threads_, Sum{0.0, MatrixXd::Zero(n_, n_)},
                             [&](std::size_t begin, std::size_t end, Sum& part) {
                               RowMatrix x = block(begin, end);
                               for (Index i = 0; i < x.rows(); ++i) {
                                 const std::size_t row = begin + static_cast<std::size_t>(i);
                                 const auto p = p_.row(static_cast<Index>(row)).array();
                                 const double curvature = is_shared ? (p * (1.0 - p)).mean() : p[k] * (1.0 - p[k]);
                                 x.row(i) *= std::sqrt(weight(row) * curvature);
                               }
                               part.matrix.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
                             });
      sum.matrix.diagonal().head(n_ - 1).array() += penalty_.l2;
      sum.matrix.diagonal().array() += 1e-9 * (sum.matrix.diagonal().maxCoeff() + 1e-300);
      factors_.emplace_back(sum.matrix);
    }
  }
  MatrixXd preconditioned(const MatrixXd& residual) const {
    if (factors_.size() == 1) return factors_[0].solve(residual);
    MatrixXd result(n_, k_);
    for (Index k = 0; k < k_; ++k) result.col(k) = factors_[static_cast<std::size_t>(k)].solve(residual.col(k));
    return result;
  }

  /// About -H^-1 gradient.
  MatrixXd conjugate_gradients(const MatrixXd& gradient) const {
    constexpr int kMost = 100;
    MatrixXd step = MatrixXd::Zero(n_, k_);
    MatrixXd residual = -gradient;
    MatrixXd z = preconditioned(residual);
    MatrixXd direction = z;
    double length = residual.cwiseProduct(z).sum();
    const double wanted = length * 1e-6;
    for (int i = 0; i < kMost && length > wanted && length > 0.0; ++i) {
      const MatrixXd h = hessian_times(direction);
      const double curvature = direction.cwiseProduct(h).sum();
      if (!(curvature > 0.0)) break;
      const double t = length / curvature;
      step += t * direction;
      residual -= t * h;
      z = preconditioned(residual);
      const double next = residual.cwiseProduct(z).sum();
      direction = z + (next / length) * direction;
      length = next;
    }
    return step;
  }

  bool advance(const MatrixXd& step, double objective_here, double promised) {
    for (double t = 1.0; t > 1e-8; t *= 0.5) {
      const MatrixXd there = at_ + t * step;
      if (!(objective(there) <= objective_here + 1e-4 * t * promised)) continue;
      at_ = there;
      return true;
    }
    return false;
  }

  const LearningRows& rows_;
  Penalty penalty_;
  int n_threads_;
  Index k_;
  Index n_;
  MatrixXd at_;  // [n_columns + 1, n_classes]
  RowMatrix p_;  // probabilities of the rows
  std::vector<Eigen::LDLT<MatrixXd, Eigen::Lower>> factors_;
};

/// Class by class, for a penalty with l1.
bool fit_by_class(const LearningRows& rows, const Penalty& penalty, const NewtonLimits& limits,
                  const FitContext& context, LinearModel& model) {
  const auto k = static_cast<std::size_t>(rows.n_classes);
  const std::size_t n = rows.n_rows();
  std::vector<LinearOutput> outputs(k);
  std::vector<double> z(n * k, 0.0);  // [n_classes, n_rows]
  std::vector<double> others(n);
  std::vector<double> column(n);
  for (int sweep = 0; sweep < limits.max_iter; ++sweep) {
    double largest = 0.0;
    for (std::size_t c = 0; c < k; ++c) {
      if (context.is_stopped()) return false;
      for (std::size_t row = 0; row < n; ++row) {
        double most = -INFINITY;
        for (std::size_t o = 0; o < k; ++o) most = o == c ? most : std::max(most, z[o * n + row]);
        double sum = 0.0;
        for (std::size_t o = 0; o < k; ++o) sum += o == c ? 0.0 : std::exp(z[o * n + row] - most);
        others[row] = most + std::log(sum);
      }
      const LogisticLoss loss{{rows.targets, static_cast<int>(c)}, others};
      outputs[c] =
          Newton(rows.features, rows.weights, loss, penalty, context.n_threads, outputs[c]).solve({2, limits.tol});
      outputs_of(rows.features, outputs[c].weight, outputs[c].bias, context.n_threads, column);
      for (std::size_t row = 0; row < n; ++row) {
        largest = std::max(largest, std::abs(column[row] - z[c * n + row]));
        z[c * n + row] = column[row];
      }
    }
    if (largest < 1e-4) break;
  }
  for (const LinearOutput& output : outputs) model.add(output.weight, output.bias);
  return true;
}

}  // namespace

bool fit_softmax(const LearningRows& rows, const Penalty& penalty, const NewtonLimits& limits,
                 const FitContext& context, LinearModel& model) {
  if (penalty.l1 > 0.0) return fit_by_class(rows, penalty, limits, context, model);
  Softmax softmax(rows, penalty, context.n_threads);
  if (!softmax.solve(limits, context)) return false;
  softmax.give(model);
  return true;
}

}  // namespace hitscope::models::classical::linear
