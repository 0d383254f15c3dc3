#include "models/classical/linear/linear_svc.h"

#include <algorithm>

#include "models/classical/linear/linear_estimator.h"
#include "models/classical/linear/losses.h"
#include "models/classical/linear/platt.h"

namespace hitscope::models::classical::linear {
namespace {

struct LinearSvcParameters {
  double strength = 1.0;
  bool fit_intercept = true;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = LinearSvcParameters;
    visit(&P::strength, {.name = "C", .help = "inverse of the penalty's strength", .rule = dsp::greater_than(0)});
    visit(&P::fit_intercept,
          {.name = "fit_intercept", .help = "add a constant, which is penalised like a weight (as in liblinear)"});
  }
};

/// Several classes: each against the others. The sigmoids are part of the weights: what is kept is a LinearModel whose
/// outputs are log-odds.
class LinearSvc final : public LinearEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  LinearSvc() : LinearEstimator(Link::kClasses) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    model_ = {};
    const std::vector<int> folds = inner_folds(rows.targets, kFolds, context.seed);
    for (int c = rows.n_classes == 2 ? 1 : 0; c < rows.n_classes; ++c) {
      if (context.is_stopped()) return false;
      const LinearOutput output = fitted(rows, rows.weights, context, c, {});
      const std::vector<double> scores = left_out_scores(rows, context, c, folds, output);
      const Sigmoid sigmoid = fit_sigmoid(scores, rows.targets, c, rows.weights);
      std::vector<double> weight = output.weight;
      for (double& w : weight) w *= sigmoid.slope;
      model_.add(weight, output.bias * sigmoid.slope + sigmoid.offset);
    }
    model_.mean = column_means(rows, context.n_threads);
    return true;
  }

  /// Of several classes each has its own sigmoid; probabilities are these, divided by their sum.
  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    std::vector<double> z = model_.outputs(features, n_threads);
    const std::size_t k = model_.n_outputs();
    if (k == 1) return class_probabilities(std::move(z), 1);
    for (std::size_t begin = 0; begin < z.size(); begin += k) {
      double sum = 0.0;
      for (std::size_t c = begin; c < begin + k; ++c) sum += z[c] = sigmoid(z[c]);
      for (std::size_t c = begin; c < begin + k; ++c) z[c] = sum > 0.0 ? z[c] / sum : 1.0 / static_cast<double>(k);
    }
    return z;
  }

 private:
  static constexpr int kFolds = 5;

  LinearOutput fitted(const LearningRows& rows, std::span<const double> weights, const FitContext& context,
                      int positive, LinearOutput start) const {
    Penalty penalty;
    penalty.l2 = 1.0 / parameters_.strength;
    penalty.has_intercept = parameters_.fit_intercept;
    penalty.on_intercept = true;
    const SquaredHingeLoss loss{{rows.targets, positive}};
    return Newton(rows.features, weights, loss, penalty, context.n_threads, std::move(start)).solve({});
  }

  /// Each row's score by a fit without its fold.
  std::vector<double> left_out_scores(const LearningRows& rows, const FitContext& context, int positive,
                                      std::span<const int> folds, const LinearOutput& whole) const {
    std::vector<double> scores(rows.n_rows());
    std::vector<double> z(rows.n_rows());
    const int n_folds = *std::max_element(folds.begin(), folds.end()) + 1;
    for (int fold = 0; fold < n_folds; ++fold) {
      std::vector<double> weights(rows.n_rows());
      for (std::size_t row = 0; row < weights.size(); ++row) weights[row] = folds[row] == fold ? 0.0 : rows.weight(row);
      const LinearOutput output = fitted(rows, weights, context, positive, whole);
      outputs_of(rows.features, output.weight, output.bias, context.n_threads, z);
      for (std::size_t row = 0; row < z.size(); ++row) {
        if (folds[row] == fold) scores[row] = z[row];
      }
    }
    return scores;
  }

  LinearSvcParameters parameters_;
};

}  // namespace

const HeadInfo LinearSvc::kInfo{.name = "linear_svc",
                                .summary = "linear support vector machine (squared hinge), probabilities by Platt",
                                .meets = data::needs::kTable | data::needs::kClasses,
                                .is_usual = false,
                                .make = table_head<LinearSvc>,
                                .options = preprocessing_options};

const HeadInfo& linear_svc() {
  return LinearSvc::kInfo;
}

}  // namespace hitscope::models::classical::linear
