// What linear heads for values share. Internal to models/classical.
// Thread safety: as Estimator's.
#pragma once

#include <numeric>
#include <string_view>
#include <utility>

#include "models/classical/linear/linear_estimator.h"
#include "models/classical/linear/newton.h"

namespace hitscope::models::classical::linear {

/// Fits one output and keeps it.
class Regression : public LinearEstimator {
 protected:
  explicit Regression(Link link = Link::kIdentity) : LinearEstimator(link) {}

  template <typename Loss>
  LinearOutput minimise(const LearningRows& rows, const FitContext& context, const Loss& loss, const Penalty& penalty,
                        const NewtonLimits& limits = {}, LinearOutput start = {}) {
    return Newton(rows.features, rows.weights, loss, penalty, context.n_threads, std::move(start)).solve(limits);
  }
  bool keep(const LinearOutput& output, const LearningRows& rows, const FitContext& context) {
    model_ = {};
    model_.add(output.weight, output.bias);
    model_.mean = column_means(rows, context.n_threads);
    return !context.is_stopped();
  }
};

inline double total_weight(const LearningRows& rows) {
  return rows.weights.empty() ? static_cast<double>(rows.n_rows())
                              : std::accumulate(rows.weights.begin(), rows.weights.end(), 0.0);
}

/// alpha * (l1_ratio |v|_1 + (1 - l1_ratio) / 2 |v|^2), beside half of the mean squared error.
inline Penalty elastic_penalty(const LearningRows& rows, double alpha, double l1_ratio, bool fit_intercept) {
  const double strength = alpha * total_weight(rows);
  Penalty penalty;
  penalty.l1 = strength * l1_ratio;
  penalty.l2 = strength * (1.0 - l1_ratio);
  penalty.has_intercept = fit_intercept;
  return penalty;
}

template <typename E>
constexpr HeadInfo info_of(std::string_view name, std::string_view summary, bool is_usual = false) {
  return {.name = name,
          .summary = summary,
          .meets = data::needs::kTable | data::needs::kValues,
          .is_usual = is_usual,
          .make = table_head<E>,
          .options = preprocessing_options};
}

}  // namespace hitscope::models::classical::linear
