// Regressions whose losses have corners: quantiles, and the linear support vector machine.
#include <algorithm>
#include <array>
#include <cmath>

#include "models/classical/linear/losses.h"
#include "models/classical/linear/regression.h"
#include "models/classical/linear/regressions.h"

namespace hitscope::models::classical::linear {
namespace {

double deviation_of(std::span<const double> values) {
  double mean = 0.0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  double squares = 0.0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

struct QuantileParameters {
  double quantile = 0.5;
  double alpha = 0.0;
  bool fit_intercept = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = QuantileParameters;
    visit(&P::quantile,
          {.name = "quantile", .help = "which one; 0.5 is the median", .rule = dsp::between(0.001, 0.999)});
    visit(&P::alpha, {.name = "alpha",
                      .help = "strength of the l1 penalty (scikit-learn's default, 1, leaves no column)",
                      .rule = dsp::at_least(0)});
    visit(&P::fit_intercept, {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
  }
};

/// Minimises a loss with corners: rounded ever less, each beginning where the last one ended.
template <typename Fit>
LinearOutput by_rounding(std::span<const double> values, const Fit& fit) {
  const double deviation = std::max(deviation_of(values), 1e-12);
  LinearOutput output;
  for (const double share : {0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001}) {
    output = fit(share * deviation, std::move(output));
  }
  return output;
}

class Quantile final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    const QuantileParameters& p = parameters_;
    const Penalty penalty = elastic_penalty(rows, p.alpha, 1.0, p.fit_intercept);
    return keep(by_rounding(rows.values,
                            [&](double rounding, LinearOutput start) {
                              const QuantileLoss loss{rows.values, p.quantile, rounding};
                              return minimise(rows, context, loss, penalty, {30, 1e-8}, std::move(start));
                            }),
                rows, context);
  }

 private:
  QuantileParameters parameters_;
};

enum class SvrLoss { kEpsilonInsensitive, kSquaredEpsilonInsensitive };
constexpr auto names_of(SvrLoss) {
  return std::to_array<dsp::Name<SvrLoss>>({{SvrLoss::kEpsilonInsensitive, "epsilon_insensitive"},
                                            {SvrLoss::kSquaredEpsilonInsensitive, "squared_epsilon_insensitive"}});
}

struct LinearSvrParameters {
  double strength = 1.0;
  double epsilon = 0.0;
  SvrLoss loss = SvrLoss::kEpsilonInsensitive;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = LinearSvrParameters;
    visit(&P::strength, {.name = "C", .help = "inverse of the penalty's strength", .rule = dsp::greater_than(0)});
    visit(&P::epsilon, {.name = "epsilon", .help = "errors up to this are free", .rule = dsp::at_least(0)});
    visit(&P::loss, {.name = "loss", .help = "what the others cost"});
  }
};

class LinearSvr final : public Regression {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override {
    const LinearSvrParameters& p = parameters_;
    Penalty penalty;  // liblinear counts the intercept among the weights
    penalty.l2 = 1.0 / p.strength;
    penalty.on_intercept = true;
    if (p.loss == SvrLoss::kSquaredEpsilonInsensitive) {
      return keep(minimise(rows, context, SquaredEpsilonLoss{rows.values, p.epsilon}, penalty), rows, context);
    }
    return keep(by_rounding(rows.values,
                            [&](double rounding, LinearOutput start) {
                              const EpsilonLoss loss{rows.values, p.epsilon, rounding};
                              return minimise(rows, context, loss, penalty, {30, 1e-8}, std::move(start));
                            }),
                rows, context);
  }

 private:
  LinearSvrParameters parameters_;
};

}  // namespace

const HeadInfo Quantile::kInfo =
    info_of<Quantile>("quantile", "linear regression of a quantile; the median unless said");
const HeadInfo LinearSvr::kInfo = info_of<LinearSvr>("linear_svr", "linear support vector regression");

std::span<const HeadInfo* const> robust_regressions() {
  static const std::array<const HeadInfo*, 2> list{&Quantile::kInfo, &LinearSvr::kInfo};
  return list;
}

}  // namespace hitscope::models::classical::linear
