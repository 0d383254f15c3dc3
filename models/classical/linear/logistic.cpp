#include "models/classical/linear/logistic.h"

#include <stdexcept>

#include "models/classical/linear/losses.h"
#include "models/classical/linear/softmax.h"

namespace hitscope::models::classical::linear {

bool Logistic::fit(const LearningRows& rows, const FitContext& context) {
  const LogisticParameters& p = parameters_;
  const double strength = 1.0 / p.inverse_strength;
  Penalty penalty;
  penalty.has_intercept = p.fit_intercept;
  const double l1_share = p.penalty == PenaltyKind::kL1           ? 1.0
                          : p.penalty == PenaltyKind::kElasticNet ? p.l1_ratio
                                                                  : 0.0;
  if (p.penalty != PenaltyKind::kNone) {
    penalty.l1 = strength * l1_share;
    penalty.l2 = strength * (1.0 - l1_share);
  }
  model_ = {};
  const NewtonLimits limits{p.max_iter, p.tol};
  if (rows.n_classes == 2) {
    const LogisticLoss loss{{rows.targets, 1}};
    const LinearOutput output = Newton(rows.features, rows.weights, loss, penalty, context.n_threads).solve(limits);
    model_.add(output.weight, output.bias);
  } else if (!fit_softmax(rows, penalty, limits, context, model_)) {
    return false;
  }
  model_.mean = column_means(rows, context.n_threads);
  return !context.is_stopped();
}

const HeadInfo Logistic::kInfo{.name = "logistic",
                               .summary = "logistic regression, l2 penalty unless l1, elasticnet or none is asked for",
                               .meets = data::needs::kTable | data::needs::kClasses,
                               .make = table_head<Logistic>,
                               .options = preprocessing_options};

}  // namespace hitscope::models::classical::linear
