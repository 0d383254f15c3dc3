#include "models/classical/linear/regressions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "models/classical/linear/losses.h"
#include "models/classical/linear/regression.h"

namespace hitscope::models::classical::linear {
namespace {

struct InterceptParameters {
  bool fit_intercept = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&InterceptParameters::fit_intercept,
          {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
  }
};

class Linear final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    Penalty penalty;
    penalty.has_intercept = parameters_.fit_intercept;
    return keep(minimise(rows, context, SquaredLoss{rows.values}, penalty), rows, context);
  }

 private:
  InterceptParameters parameters_;
};

struct RidgeParameters {
  double alpha = 1.0;
  bool fit_intercept = true;
  std::vector<std::string> alphas;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = RidgeParameters;
    visit(&P::alpha, {.name = "alpha", .help = "strength of the l2 penalty", .rule = dsp::at_least(0)});
    visit(&P::fit_intercept, {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
    visit(&P::alphas, {.name = "alphas",
                       .help = "strengths to choose from by leave-one-out cross-validation of the training rows, as "
                               "0.1+1+10 (RidgeCV); none: alpha is taken",
                       .value = "NUMBERS"});
  }
};

/// The numbers of "0.1+1+10".
std::vector<double> numbers_in(const std::vector<std::string>& texts) {
  std::vector<double> numbers;
  for (const std::string& text : texts) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('+', begin), text.size());
      numbers.push_back(
          dsp::value_from<double>({.name = "alphas", .rule = dsp::greater_than(0)}, text.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  return numbers;
}

class Ridge final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    const std::vector<double> alphas = numbers_in(parameters_.alphas);
    if (alphas.empty()) return keep(fitted(rows, context, parameters_.alpha), rows, context);
    LinearOutput best;
    double least = INFINITY;
    for (const double alpha : alphas) {
      const LinearOutput output = fitted(rows, context, alpha);
      const double error = left_out_error(rows, output, alpha);
      if (!(error < least)) continue;
      least = error;
      best = output;
    }
    return keep(best, rows, context);
  }

 private:
  LinearOutput fitted(const LearningRows& rows, const FitContext& context, double alpha) {
    Penalty penalty;
    penalty.l2 = alpha;
    penalty.has_intercept = parameters_.fit_intercept;
    return minimise(rows, context, SquaredLoss{rows.values}, penalty);
  }

  /// The sum of squared errors of each row by the fit without it: its residual over 1 - leverage.
  double left_out_error(const LearningRows& rows, const LinearOutput& output, double alpha) const {
    const auto n = static_cast<Eigen::Index>(rows.n_columns()) + (parameters_.fit_intercept ? 1 : 0);
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd x = Eigen::VectorXd::Ones(n);
    const auto take = [&](std::size_t row) {
      const float* values = rows.features.values.data() + row * rows.n_columns();
      for (std::size_t c = 0; c < rows.n_columns(); ++c) x[static_cast<Eigen::Index>(c)] = values[c];
    };
    for (std::size_t row = 0; row < rows.n_rows(); ++row) {
      take(row);
      gram.selfadjointView<Eigen::Lower>().rankUpdate(x, rows.weight(row));
    }
    gram.diagonal().head(static_cast<Eigen::Index>(rows.n_columns())).array() += alpha;
    const Eigen::LDLT<Eigen::MatrixXd, Eigen::Lower> factor(gram);
    double sum = 0.0;
    for (std::size_t row = 0; row < rows.n_rows(); ++row) {
      take(row);
      double answer = output.bias;
      for (std::size_t c = 0; c < rows.n_columns(); ++c) answer += output.weight[c] * x[static_cast<Eigen::Index>(c)];
      const double leverage = rows.weight(row) * x.dot(factor.solve(x));
      const double error = (rows.values[row] - answer) / std::max(1e-12, 1.0 - leverage);
      sum += rows.weight(row) * error * error;
    }
    return sum;
  }

  RidgeParameters parameters_;
};

struct LassoParameters {
  double alpha = 1.0;
  bool fit_intercept = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = LassoParameters;
    visit(&P::alpha, {.name = "alpha", .help = "strength of the penalty", .rule = dsp::at_least(0)});
    visit(&P::fit_intercept, {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
  }
};
struct ElasticNetParameters {
  double alpha = 1.0;
  double l1_ratio = 0.5;
  bool fit_intercept = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = ElasticNetParameters;
    visit(&P::alpha, {.name = "alpha", .help = "strength of the penalty", .rule = dsp::at_least(0)});
    visit(&P::l1_ratio, {.name = "l1_ratio", .help = "share of l1 in the penalty", .rule = dsp::between(0, 1)});
    visit(&P::fit_intercept, {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
  }
};

class Lasso final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    const Penalty penalty = elastic_penalty(rows, parameters_.alpha, 1.0, parameters_.fit_intercept);
    return keep(minimise(rows, context, SquaredLoss{rows.values}, penalty), rows, context);
  }

 private:
  LassoParameters parameters_;
};

class ElasticNet final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    const ElasticNetParameters& p = parameters_;
    const Penalty penalty = elastic_penalty(rows, p.alpha, p.l1_ratio, p.fit_intercept);
    return keep(minimise(rows, context, SquaredLoss{rows.values}, penalty), rows, context);
  }

 private:
  ElasticNetParameters parameters_;
};

class Poisson final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  Poisson() : Regression(Link::kExp) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    double mean = 0.0;
    for (const double value : rows.values) {
      if (value < 0.0) throw std::invalid_argument("a target is " + std::to_string(value) + "; counts are 0 or more");
      mean += value / static_cast<double>(rows.values.size());
    }
    if (!(mean > 0.0)) throw std::invalid_argument("all targets are 0; there is nothing to learn");
    LinearOutput start{std::vector<double>(rows.n_columns(), 0.0), std::log(mean), 0};
    if (!parameters_.fit_intercept) start.bias = 0.0;
    Penalty penalty;
    penalty.l2 = parameters_.alpha * total_weight(rows);
    penalty.has_intercept = parameters_.fit_intercept;
    return keep(minimise(rows, context, PoissonLoss{rows.values}, penalty, {}, start), rows, context);
  }

 private:
  LassoParameters parameters_;
};

}  // namespace

const HeadInfo Linear::kInfo = info_of<Linear>("linear", "least squares");
const HeadInfo Ridge::kInfo = info_of<Ridge>("ridge", "least squares with an l2 penalty", true);
const HeadInfo Lasso::kInfo = info_of<Lasso>("lasso", "least squares with an l1 penalty");
const HeadInfo ElasticNet::kInfo = info_of<ElasticNet>("elastic_net", "least squares with an l1 and an l2 penalty");
const HeadInfo Poisson::kInfo = info_of<Poisson>("poisson", "Poisson regression with a log link, for counts");

std::span<const HeadInfo* const> regressions() {
  static const std::array<const HeadInfo*, 5> list{&Linear::kInfo, &Ridge::kInfo, &Lasso::kInfo, &ElasticNet::kInfo,
                                                   &Poisson::kInfo};
  return list;
}

}  // namespace hitscope::models::classical::linear
