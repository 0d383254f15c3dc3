// Linear and quadratic discriminant analysis.
#include <Eigen/Dense>

#include <cmath>
#include <stdexcept>

#include "models/classical/bayes/class_sums.h"
#include "models/classical/bayes/naive_bayes.h"
#include "models/classical/class_probabilities.h"
#include "models/classical/linear/linear_estimator.h"

namespace hitscope::models::classical::bayes {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using linear::LinearEstimator;

/// Sums over rows of the outer products of their distances from the means of their classes; of `only` this class, if it
/// is one.
MatrixXd scatter_of(const LearningRows& rows, const std::vector<double>& means, int only, int n_threads) {
  const std::size_t d = rows.n_columns();
  const auto n = static_cast<Index>(d);
  return data::summed(rows.n_rows(), n_threads, MatrixXd(MatrixXd::Zero(n, n)),
                      [&](std::size_t begin, std::size_t end, MatrixXd& sum) {
                        RowMatrix x(static_cast<Index>(end - begin), n);
                        Index used = 0;
                        for (std::size_t row = begin; row < end; ++row) {
                          const int c = rows.targets[row];
                          if (only >= 0 && c != only) continue;
                          const double root = std::sqrt(rows.weight(row));
                          const float* values = rows.features.values.data() + row * d;
                          const double* mean = means.data() + static_cast<std::size_t>(c) * d;
                          for (std::size_t i = 0; i < d; ++i) {
                            x(used, static_cast<Index>(i)) = root * (static_cast<double>(values[i]) - mean[i]);
                          }
                          ++used;
                        }
                        if (used == 0) return;
                        sum.noalias() += x.topRows(used).transpose() * x.topRows(used);
                      });
}

VectorXd mean_of(const std::vector<double>& means, std::size_t c, std::size_t d) {
  return Eigen::Map<const VectorXd>(means.data() + c * d, static_cast<Index>(d));
}

struct LdaParameters {
  double shrinkage = 0.0;
  double tol = 1e-4;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = LdaParameters;
    visit(&P::shrinkage,
          {.name = "shrinkage",
           .help = "how far the covariance is drawn to a multiple of the identity (scikit-learn's, with solver lsqr)",
           .rule = dsp::between(0, 1)});
    visit(&P::tol, {.name = "tol",
                    .help = "directions in which standardised rows deviate less within classes are left out",
                    .rule = dsp::at_least(0)});
  }
};

class LinearDiscriminant final : public LinearEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.weighs_classes = false};

  LinearDiscriminant() : LinearEstimator(Link::kClasses) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    const std::size_t d = rows.n_columns();
    const ClassSums sums = class_sums(rows, context.n_threads, [](std::size_t, std::size_t, double x) { return x; });
    const std::vector<double> means = class_means(sums, d);
    const bool is_shrunk = parameters_.shrinkage > 0.0;
    const double n = sums.total_weight() - (is_shrunk ? 0.0 : static_cast<double>(rows.n_classes));
    MatrixXd covariance = scatter_of(rows, means, -1, context.n_threads) / std::max(n, 1.0);
    if (is_shrunk) {
      const double level = covariance.trace() / static_cast<double>(d);
      covariance *= 1.0 - parameters_.shrinkage;
      covariance.diagonal().array() += parameters_.shrinkage * level;
    }
    const MatrixXd inverse = inverse_of(covariance);
    model_ = {};
    VectorXd all = VectorXd::Zero(static_cast<Index>(d));
    for (std::size_t c = 0; c < sums.weight.size(); ++c) {
      const VectorXd mean = mean_of(means, c, d);
      const VectorXd weight = inverse * mean;
      const double share = sums.weight[c] / sums.total_weight();
      model_.add({weight.data(), weight.data() + weight.size()}, -0.5 * weight.dot(mean) + std::log(share));
      all += share * mean;
    }
    model_.mean.assign(all.data(), all.data() + all.size());
    return !context.is_stopped();
  }

 private:
  /// The inverse in the directions in which rows differ within classes.
  MatrixXd inverse_of(const MatrixXd& covariance) const {
    // By columns of deviation 1, as scikit-learn compares directions.
    const VectorXd deviation = covariance.diagonal().array().sqrt().max(1e-150);
    const MatrixXd scaled = deviation.cwiseInverse().asDiagonal() * covariance * deviation.cwiseInverse().asDiagonal();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(scaled);
    VectorXd factors = solver.eigenvalues();
    const double least = std::max(parameters_.tol * parameters_.tol, 1e-15);
    for (double& f : factors) f = f > least ? 1.0 / f : 0.0;
    const MatrixXd inverse = solver.eigenvectors() * factors.asDiagonal() * solver.eigenvectors().transpose();
    return deviation.cwiseInverse().asDiagonal() * inverse * deviation.cwiseInverse().asDiagonal();
  }

  LdaParameters parameters_;
};

struct QdaParameters {
  double reg_param = 0.0;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&QdaParameters::reg_param, {.name = "reg_param",
                                      .help = "how far each class's covariance is drawn to the identity",
                                      .rule = dsp::between(0, 1)});
  }
};

/// Arrays: mean [n_classes, n_columns]; transform [n_classes, n_columns, n_columns], which makes distances from the
/// mean independent and of variance 1; constant [n_classes].
class QuadraticDiscriminant final : public Estimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.weighs_classes = false};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    n_columns_ = rows.n_columns();
    const auto n = static_cast<Index>(n_columns_);
    const ClassSums sums = class_sums(rows, context.n_threads, [](std::size_t, std::size_t, double x) { return x; });
    mean_ = class_means(sums, n_columns_);
    transform_.clear();
    constant_.clear();
    for (int c = 0; c < rows.n_classes; ++c) {
      if (context.is_stopped()) return false;
      const double weight = sums.weight[static_cast<std::size_t>(c)];
      if (weight < 2.0) throw std::invalid_argument("a class has one training row only; a covariance needs two");
      const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(scatter_of(rows, mean_, c, context.n_threads) /
                                                           (weight - 1.0));
      VectorXd variances = solver.eigenvalues().cwiseMax(0.0);
      variances = (1.0 - parameters_.reg_param) * variances.array() + parameters_.reg_param;
      const double least = 1e-12 * variances.maxCoeff();  // directions in which the class does not vary tell nothing
      double log_determinant = 0.0;
      VectorXd factors = VectorXd::Zero(n);
      for (Index i = 0; i < n; ++i) {
        if (!(variances[i] > least)) continue;
        factors[i] = 1.0 / std::sqrt(variances[i]);
        log_determinant += std::log(variances[i]);
      }
      const RowMatrix transform = factors.asDiagonal() * solver.eigenvectors().transpose();
      transform_.insert(transform_.end(), transform.data(), transform.data() + transform.size());
      constant_.push_back(std::log(weight / sums.total_weight()) - 0.5 * log_determinant);
    }
    return true;
  }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    const std::size_t k = constant_.size();
    const auto n = static_cast<Index>(n_columns_);
    std::vector<double> z(features.n_rows * k);
    data::in_blocks(
        features.n_rows, n_threads,
        [&](std::size_t begin, std::size_t end) {
          using Floats = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
          const RowMatrix x =
              Floats(features.values.data() + begin * n_columns_, static_cast<Index>(end - begin), n).cast<double>();
          for (std::size_t c = 0; c < k; ++c) {
            const Eigen::Map<const RowMatrix> transform(transform_.data() + c * n_columns_ * n_columns_, n, n);
            const RowMatrix apart = (x.rowwise() - mean_of(mean_, c, n_columns_).transpose()) * transform.transpose();
            for (std::size_t row = begin; row < end; ++row) {
              z[row * k + c] = constant_[c] - 0.5 * apart.row(static_cast<Index>(row - begin)).squaredNorm();
            }
          }
        },
        512);
    return class_probabilities(std::move(z), k);
  }

  std::size_t n_parameters() const override { return mean_.size() + transform_.size() + constant_.size(); }

  Learned learned() const override {
    const auto k = static_cast<std::int64_t>(constant_.size());
    const auto d = static_cast<std::int64_t>(n_columns_);
    Learned result;
    result.arrays["mean"] = {{k, d}, mean_};
    result.arrays["transform"] = {{k, d, d}, transform_};
    result.arrays["constant"] = {{k}, constant_};
    return result;
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    const auto d = static_cast<std::int64_t>(n_columns);
    const auto& constant = doubles(learned.arrays, "constant", {-1});
    const auto k = static_cast<std::int64_t>(constant.size());
    const auto& mean = doubles(learned.arrays, "mean", {k, d});
    const auto& transform = doubles(learned.arrays, "transform", {k, d, d});
    if (k < 2) throw std::runtime_error("constant is of fewer than two classes");
    n_columns_ = n_columns;
    constant_ = constant;
    mean_ = mean;
    transform_ = transform;
    return static_cast<int>(k);
  }

 private:
  QdaParameters parameters_;
  std::size_t n_columns_ = 0;
  std::vector<double> mean_;
  std::vector<double> transform_;
  std::vector<double> constant_;
};

}  // namespace

const HeadInfo LinearDiscriminant::kInfo = info_of<LinearDiscriminant>("lda", "linear discriminant analysis");
const HeadInfo QuadraticDiscriminant::kInfo = info_of<QuadraticDiscriminant>("qda", "quadratic discriminant analysis");

std::array<const HeadInfo*, 2> discriminants() {
  return {&LinearDiscriminant::kInfo, &QuadraticDiscriminant::kInfo};
}

}  // namespace hitscope::models::classical::bayes
