// Linear heads on table columns, with scikit-learn 1.2's parameters and optima:
//
// logistic (LogisticRegression), linear_svc (LinearSVC, with probabilities), linear (LinearRegression), polynomial
// (PolynomialFeatures before it), ridge (Ridge, RidgeCV), lasso, elastic_net, poisson (PoissonRegressor), quantile
// (QuantileRegressor), linear_svr (LinearSVR).
//
// Our own, because the losses are smooth and the columns few: Newton's method (newton.h) needs five to ten passes over
// the rows where liblinear's dual coordinate descent needs hundreds, and reaches the optimum itself. Corners of the
// losses of quantile and linear_svr (loss=epsilon_insensitive) are rounded over a ten thousandth of the deviation of
// the target. Files: STEM.safetensors with linear.weight, linear.bias and linear.mean. Thread safety: constants.
#pragma once

#include <span>

#include "models/head.h"

namespace hitscope::models::classical::linear {

std::span<const HeadInfo* const> heads();

}  // namespace hitscope::models::classical::linear
