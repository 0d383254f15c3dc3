// Logistic regression: scikit-learn's LogisticRegression, of two classes by one sigmoid, of more by a softmax.
// Internal to models/classical.
// Thread safety: as Estimator's.
#pragma once

#include <array>

#include "models/classical/linear/linear_estimator.h"

namespace hitscope::models::classical::linear {

enum class PenaltyKind { kL2, kL1, kElasticNet, kNone };
constexpr auto names_of(PenaltyKind) {
  return std::to_array<dsp::Name<PenaltyKind>>({{PenaltyKind::kL2, "l2"},
                                                {PenaltyKind::kL1, "l1"},
                                                {PenaltyKind::kElasticNet, "elasticnet"},
                                                {PenaltyKind::kNone, "none"}});
}

struct LogisticParameters {
  PenaltyKind penalty = PenaltyKind::kL2;
  double inverse_strength = 1.0;
  double l1_ratio = 0.5;
  bool fit_intercept = true;
  int max_iter = 100;
  double tol = 1e-10;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = LogisticParameters;
    visit(&P::penalty, {.name = "penalty", .help = "what is added to the loss against large weights"});
    visit(&P::inverse_strength,
          {.name = "C", .help = "inverse of the penalty's strength", .rule = dsp::greater_than(0)});
    visit(&P::l1_ratio, {.name = "l1_ratio", .help = "of elasticnet: the share of l1", .rule = dsp::between(0, 1)});
    visit(&P::fit_intercept, {.name = "fit_intercept", .help = "add a constant, which is not penalised"});
    visit(&P::max_iter, {.name = "max_iter", .help = "Newton steps at most", .rule = dsp::between(1, 1e6)});
    visit(&P::tol, {.name = "tol",
                    .help = "ends where a step promises no greater decrease of the loss, relative to it",
                    .rule = dsp::greater_than(0)});
  }
};

class Logistic final : public LinearEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  Logistic() : LinearEstimator(Link::kClasses) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }
  bool fit(const LearningRows& rows, const FitContext& context) override;

 private:
  LogisticParameters parameters_;
};

}  // namespace hitscope::models::classical::linear
