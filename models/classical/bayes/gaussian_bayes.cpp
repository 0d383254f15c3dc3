#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/classical/bayes/class_sums.h"
#include "models/classical/bayes/naive_bayes.h"
#include "models/classical/class_probabilities.h"

namespace hitscope::models::classical::bayes {
namespace {

struct GaussianParameters {
  double var_smoothing = 1e-9;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&GaussianParameters::var_smoothing,
          {.name = "var_smoothing",
           .help = "share of the largest variance of a column that is added to all variances",
           .rule = dsp::at_least(0)});
  }
};

/// Arrays: mean and variance [n_classes, n_columns], log_prior [n_classes].
class GaussianBayes final : public Estimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    n_columns_ = rows.n_columns();
    const ClassSums sums = class_sums(rows, context.n_threads, [](std::size_t, std::size_t, double x) { return x; });
    mean_ = class_means(sums, n_columns_);
    const ClassSums squares = class_sums(rows, context.n_threads, [&](std::size_t c, std::size_t i, double x) {
      const double from_mean = x - mean_[c * n_columns_ + i];
      return from_mean * from_mean;
    });
    variance_ = class_means(squares, n_columns_);
    const double added = parameters_.var_smoothing * largest_variance(sums, squares);
    for (double& v : variance_) v = std::max(v + added, 1e-300);
    log_prior_.clear();
    for (const double w : sums.weight) log_prior_.push_back(std::log(w / sums.total_weight()));
    return !context.is_stopped();
  }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    const std::size_t k = log_prior_.size();
    std::vector<double> constant = log_prior_;
    std::vector<double> precision(variance_.size());
    for (std::size_t i = 0; i < variance_.size(); ++i) {
      constant[i / n_columns_] -= 0.5 * std::log(2.0 * M_PI * variance_[i]);
      precision[i] = -0.5 / variance_[i];
    }
    std::vector<double> z(features.n_rows * k);
    data::in_blocks(features.n_rows, n_threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const float* x = features.values.data() + row * n_columns_;
        for (std::size_t c = 0; c < k; ++c) {
          const double* mean = mean_.data() + c * n_columns_;
          const double* factor = precision.data() + c * n_columns_;
          double sum = constant[c];
          for (std::size_t i = 0; i < n_columns_; ++i) {
            const double from_mean = static_cast<double>(x[i]) - mean[i];
            sum += factor[i] * from_mean * from_mean;
          }
          z[row * k + c] = sum;
        }
      }
    });
    return class_probabilities(std::move(z), k);
  }

  std::size_t n_parameters() const override { return mean_.size() + variance_.size() + log_prior_.size(); }

  Learned learned() const override {
    const auto k = static_cast<std::int64_t>(log_prior_.size());
    const auto d = static_cast<std::int64_t>(n_columns_);
    Learned result;
    result.arrays["mean"] = {{k, d}, mean_};
    result.arrays["variance"] = {{k, d}, variance_};
    result.arrays["log_prior"] = {{k}, log_prior_};
    return result;
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    const auto& log_prior = doubles(learned.arrays, "log_prior", {-1});
    const auto k = static_cast<std::int64_t>(log_prior.size());
    const auto& mean = doubles(learned.arrays, "mean", {k, static_cast<std::int64_t>(n_columns)});
    const auto& variance = doubles(learned.arrays, "variance", {k, static_cast<std::int64_t>(n_columns)});
    const bool is_positive = std::all_of(variance.begin(), variance.end(), [](double v) { return v > 0.0; });
    if (k < 2 || !is_positive) throw std::runtime_error("variance is not above 0");
    n_columns_ = n_columns;
    log_prior_ = log_prior;
    mean_ = mean;
    variance_ = variance;
    return static_cast<int>(k);
  }

 private:
  /// Of a column over all rows, from those within classes and between them.
  double largest_variance(const ClassSums& sums, const ClassSums& squares) const {
    double largest = 0.0;
    const double total = sums.total_weight();
    for (std::size_t i = 0; i < n_columns_; ++i) {
      double all = 0.0;
      double within = 0.0;
      for (std::size_t c = 0; c < sums.weight.size(); ++c) {
        all += sums.sum[c * n_columns_ + i];
        within += squares.sum[c * n_columns_ + i];
      }
      double between = 0.0;
      for (std::size_t c = 0; c < sums.weight.size(); ++c) {
        const double from_mean = mean_[c * n_columns_ + i] - all / total;
        between += sums.weight[c] * from_mean * from_mean;
      }
      largest = std::max(largest, (within + between) / total);
    }
    return largest;
  }

  GaussianParameters parameters_;
  std::size_t n_columns_ = 0;
  std::vector<double> mean_;
  std::vector<double> variance_;
  std::vector<double> log_prior_;
};

}  // namespace

const HeadInfo GaussianBayes::kInfo = info_of<GaussianBayes>("gaussian_nb", "naive Bayes of normal distributions");

const HeadInfo& gaussian_bayes() {
  return GaussianBayes::kInfo;
}

}  // namespace hitscope::models::classical::bayes
