// Multinomial logistic regression: minimises sum_i w_i (log sum_k exp z_ik - z_iy) + l2/2 |W|^2 + l1 |W|_1, the
// intercepts free, in double precision.
//
// Without l1 by Newton's method whose steps come from conjugate gradients, preconditioned by each class's own Hessian;
// with l1 class by class, each as one class against the others (Newton). Both until a step promises no decrease of
// 1e-10 of the objective. Thread safety: a free function without shared state.
#pragma once

#include "models/classical/estimator.h"
#include "models/classical/linear/linear_model.h"
#include "models/classical/linear/newton.h"

namespace hitscope::models::classical::linear {

/// The model of rows.n_classes outputs. False where `context` stopped it.
bool fit_softmax(const LearningRows& rows, const Penalty& penalty, const NewtonLimits& limits,
                 const FitContext& context, LinearModel& model);

}  // namespace hitscope::models::classical::linear
