// Naive Bayes of counts and of yes or no: multinomial, complement, Bernoulli.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "models/classical/bayes/class_sums.h"
#include "models/classical/bayes/naive_bayes.h"
#include "models/classical/linear/linear_estimator.h"

namespace hitscope::models::classical::bayes {
namespace {

using linear::LinearEstimator;

struct CountParameters {
  double alpha = 1.0;
  bool fit_prior = true;
  bool is_scaled = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = CountParameters;
    visit(&P::alpha, {.name = "alpha", .help = "added to every count (Laplace, Lidstone)", .rule = dsp::at_least(0)});
    visit(&P::fit_prior, {.name = "fit_prior", .help = "count the classes; false: they are equally frequent"});
    visit(&P::is_scaled,
          {.name = "min_max",
           .help =
               "bring columns to 0..1 by their training minimum and maximum first; false: they must not be negative"});
  }
};

/// (x - low) * factor of each column.
struct Range {
  std::vector<double> low;
  std::vector<double> factor;
};

Range range_of(const LearningRows& rows, bool is_scaled) {
  const std::size_t d = rows.n_columns();
  Range range{std::vector<double>(d, INFINITY), std::vector<double>(d, 1.0)};
  std::vector<double> high(d, -INFINITY);
  for (std::size_t i = 0; i < rows.features.values.size(); ++i) {
    const auto value = static_cast<double>(rows.features.values[i]);
    range.low[i % d] = std::min(range.low[i % d], value);
    high[i % d] = std::max(high[i % d], value);
  }
  if (!is_scaled) return {std::vector<double>(d, 0.0), std::vector<double>(d, 1.0)};
  for (std::size_t c = 0; c < d; ++c) {
    if (high[c] > range.low[c]) range.factor[c] = 1.0 / (high[c] - range.low[c]);
  }
  return range;
}

void refuse_negative(const LearningRows& rows, const FitContext& context) {
  const std::size_t d = rows.n_columns();
  for (std::size_t i = 0; i < rows.features.values.size(); ++i) {
    if (rows.features.values[i] >= 0.0F) continue;
    const std::string name = context.columns.empty() ? std::to_string(i % d) : context.columns[i % d];
    throw std::invalid_argument("column '" + name + "' has a value below 0 (" +
                                std::to_string(rows.features.values[i]) +
                                "), which is no count; leave min_max=true, or scale columns to 0..1");
  }
}

std::vector<double> log_priors(const ClassSums& sums, bool fit_prior) {
  std::vector<double> priors(sums.weight.size(), -std::log(static_cast<double>(sums.weight.size())));
  for (std::size_t c = 0; fit_prior && c < priors.size(); ++c)
    priors[c] = std::log(sums.weight[c] / sums.total_weight());
  return priors;
}

class CountingBayes : public LinearEstimator {
 public:
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    if (!parameters_.is_scaled) refuse_negative(rows, context);
    const Range range = range_of(rows, parameters_.is_scaled);
    const std::size_t d = rows.n_columns();
    const ClassSums sums = class_sums(rows, context.n_threads, [&](std::size_t, std::size_t i, double x) {
      return (x - range.low[i]) * range.factor[i];
    });
    const double alpha = std::max(parameters_.alpha, 1e-10);  // scikit-learn's least
    model_ = {};
    const std::vector<double> priors = log_priors(sums, parameters_.fit_prior);
    for (std::size_t c = 0; c < priors.size(); ++c) {
      std::vector<double> weight = log_weights(sums, c, d, alpha);
      double bias = has_prior() ? priors[c] : 0.0;
      for (std::size_t i = 0; i < d; ++i) {
        weight[i] *= range.factor[i];
        bias -= weight[i] * range.low[i];
      }
      model_.add(weight, bias);
    }
    model_.mean = linear::column_means(rows, context.n_threads);
    return !context.is_stopped();
  }

 protected:
  CountingBayes() : LinearEstimator(Link::kClasses) {}
  virtual bool has_prior() const { return true; }
  /// The weight of each column for class `c`.
  virtual std::vector<double> log_weights(const ClassSums& sums, std::size_t c, std::size_t d, double alpha) const = 0;

 private:
  CountParameters parameters_;
};

class MultinomialBayes final : public CountingBayes {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

 private:
  std::vector<double> log_weights(const ClassSums& sums, std::size_t c, std::size_t d, double alpha) const override {
    std::vector<double> weights(sums.sum.begin() + static_cast<std::ptrdiff_t>(c * d),
                                sums.sum.begin() + static_cast<std::ptrdiff_t>((c + 1) * d));
    double total = 0.0;
    for (const double w : weights) total += w + alpha;
    for (double& w : weights) w = std::log((w + alpha) / total);
    return weights;
  }
};

class ComplementBayes final : public CountingBayes {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

 private:
  bool has_prior() const override { return false; }  // scikit-learn's uses it where there is one class only
  std::vector<double> log_weights(const ClassSums& sums, std::size_t c, std::size_t d, double alpha) const override {
    std::vector<double> weights(d, alpha);
    for (std::size_t other = 0; other < sums.weight.size(); ++other) {
      for (std::size_t i = 0; other != c && i < d; ++i) weights[i] += sums.sum[other * d + i];
    }
    double total = 0.0;
    for (const double w : weights) total += w;
    for (double& w : weights) w = -std::log(w / total);
    return weights;
  }
};

struct BernoulliParameters {
  double alpha = 1.0;
  double binarize = 0.0;
  bool fit_prior = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = BernoulliParameters;
    visit(&P::alpha, {.name = "alpha", .help = "added to every count (Laplace, Lidstone)", .rule = dsp::at_least(0)});
    visit(&P::binarize, {.name = "binarize", .help = "values above this count as yes, others as no"});
    visit(&P::fit_prior, {.name = "fit_prior", .help = "count the classes; false: they are equally frequent"});
  }
};

class BernoulliBayes final : public LinearEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  BernoulliBayes() : LinearEstimator(Link::kClasses) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    const std::size_t d = rows.n_columns();
    const auto cut = static_cast<double>(static_cast<float>(parameters_.binarize));
    const ClassSums sums =
        class_sums(rows, context.n_threads, [&](std::size_t, std::size_t, double x) { return x > cut ? 1.0 : 0.0; });
    const double alpha = std::max(parameters_.alpha, 1e-10);
    const std::vector<double> priors = log_priors(sums, parameters_.fit_prior);
    model_ = {};
    std::vector<double> mean(d, 0.0);
    for (std::size_t c = 0; c < priors.size(); ++c) {
      std::vector<double> weight(d);
      double bias = priors[c];
      for (std::size_t i = 0; i < d; ++i) {
        const double p = (sums.sum[c * d + i] + alpha) / (sums.weight[c] + 2.0 * alpha);
        weight[i] = std::log(p) - std::log1p(-p);
        bias += std::log1p(-p);
        mean[i] += sums.sum[c * d + i] / sums.total_weight();
      }
      model_.add(weight, bias);
    }
    model_.mean = mean;
    return !context.is_stopped();
  }
  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    return LinearEstimator::predict(binary(features), n_threads);
  }
  std::optional<Contributions> explain(const data::Matrix& features, int n_threads) const override {
    return LinearEstimator::explain(binary(features), n_threads);
  }

 private:
  data::Matrix binary(const data::Matrix& features) const {
    data::Matrix result = features;
    const auto cut = static_cast<float>(parameters_.binarize);
    for (float& value : result.values) value = value > cut ? 1.0F : 0.0F;
    return result;
  }

  BernoulliParameters parameters_;
};

}  // namespace

const HeadInfo MultinomialBayes::kInfo = info_of<MultinomialBayes>("multinomial_nb", "naive Bayes of counts");
const HeadInfo ComplementBayes::kInfo =
    info_of<ComplementBayes>("complement_nb", "naive Bayes of counts by what the other classes have, for rare classes");
const HeadInfo BernoulliBayes::kInfo = info_of<BernoulliBayes>("bernoulli_nb", "naive Bayes of yes or no");

std::array<const HeadInfo*, 3> counting_bayes() {
  return {&BernoulliBayes::kInfo, &MultinomialBayes::kInfo, &ComplementBayes::kInfo};
}

}  // namespace hitscope::models::classical::bayes
