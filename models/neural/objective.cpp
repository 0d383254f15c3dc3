#include "models/neural/objective.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/data/predictions.h"
#include "models/evaluation/metrics.h"
#include "models/neural/trainer.h"

namespace hitscope::models::neural {
namespace {

namespace F = torch::nn::functional;

/// sum over classes of q (1 - p)^gamma (-log p), q being the smoothed target: what cross_entropy is for a gamma of 0.
torch::Tensor focal_cost(const torch::Tensor& output, const torch::Tensor& wanted, const torch::Tensor& class_weights,
                         double smoothing, double gamma) {
  const std::int64_t n_classes = output.size(1);
  const torch::Tensor log_p = output.log_softmax(1);
  torch::Tensor q = torch::one_hot(wanted, n_classes).to(output.scalar_type());
  q = q * (1.0 - smoothing) + smoothing / static_cast<double>(n_classes);
  if (class_weights.defined()) q = q * class_weights;
  return -(q * (1.0 - log_p.exp()).pow(gamma) * log_p).sum();
}

}  // namespace

Objective Objective::classes(std::span<const int> targets, std::vector<double> class_weights) {
  Objective objective;
  objective.targets_ = targets;
  if (!class_weights.empty()) {
    objective.class_weights_ = torch::tensor(class_weights, torch::kFloat64).to(torch::kFloat32);
  }
  return objective;
}

Objective Objective::values(std::span<const double> values) {
  Objective objective;
  objective.values_ = values;
  return objective;
}

Objective Objective::ranking(std::span<const double> values) {
  Objective objective = Objective::values(values);
  objective.by_pairs_ = true;
  return objective;
}

torch::Tensor Objective::picked(std::span<const std::size_t> rows) const {
  const auto n = static_cast<std::int64_t>(rows.size());
  if (has_classes()) {
    torch::Tensor result = torch::empty({n}, torch::kInt64);
    auto* out = result.data_ptr<std::int64_t>();
    for (const std::size_t row : rows) *out++ = targets_[row];
    return result;
  }
  torch::Tensor result = torch::empty({n}, torch::kFloat32);
  auto* out = result.data_ptr<float>();
  for (const std::size_t row : rows) *out++ = static_cast<float>(values_[row]);
  return result;
}

torch::Tensor Objective::cost(const torch::Tensor& output, std::span<const std::size_t> rows, double label_smoothing,
                              double focal_gamma) const {
  const torch::Tensor wanted = picked(rows).to(output.device());
  if (!has_classes()) {
    if (!by_pairs_) return F::mse_loss(output, wanted.unsqueeze(1), F::MSELossFuncOptions().reduction(torch::kSum));
    const torch::Tensor above = (wanted.unsqueeze(1) > wanted.unsqueeze(0)).to(output.scalar_type());
    return (torch::softplus(output.transpose(0, 1) - output) * above).sum();
  }
  const torch::Tensor weights = class_weights_.defined() ? class_weights_.to(output.device()) : class_weights_;
  if (focal_gamma > 0.0) return focal_cost(output, wanted, weights, label_smoothing, focal_gamma);
  return F::cross_entropy(
      output, wanted,
      F::CrossEntropyFuncOptions().weight(weights).label_smoothing(label_smoothing).reduction(torch::kSum));
}

double Objective::weight(std::span<const std::size_t> rows) const {
  if (!has_classes()) {
    if (!by_pairs_) return static_cast<double>(rows.size());
    const torch::Tensor wanted = picked(rows);
    return (wanted.unsqueeze(1) > wanted.unsqueeze(0)).sum().item<double>();
  }
  if (!class_weights_.defined()) return static_cast<double>(rows.size());
  return class_weights_.to(torch::kFloat64).index_select(0, picked(rows)).sum().item<double>();
}

double Objective::mean_cost(const torch::Tensor& output, std::span<const std::size_t> rows) const {
  constexpr std::size_t kStretch = 256;
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t first = 0; first < rows.size(); first += kStretch) {
    const auto part = rows.subspan(first, std::min(kStretch, rows.size() - first));
    const auto end = static_cast<std::int64_t>(first + part.size());
    sum += cost(output.slice(0, static_cast<std::int64_t>(first), end), part).item<double>();
    weights += weight(part);
  }
  return weights > 0.0 ? sum / weights : 0.0;
}

double Objective::metric(const torch::Tensor& output, std::span<const std::size_t> rows,
                         recipes::StopMetric metric) const {
  if (!has_classes()) {
    std::vector<double> targets;
    for (const std::size_t row : rows) targets.push_back(values_[row]);
    const torch::Tensor flat = output.to(torch::kFloat64).contiguous();
    const evaluation::RegressionScores scores =
        evaluation::score_values(targets, {flat.data_ptr<double>(), static_cast<std::size_t>(flat.numel())});
    const bool by_rank =
        metric == recipes::StopMetric::kSpearman || (metric == recipes::StopMetric::kLoss && by_pairs_);
    return by_rank ? scores.spearman : scores.r2;
  }
  std::vector<int> targets;
  for (const std::size_t row : rows) targets.push_back(targets_[row]);
  const evaluation::Scores scores = evaluation::score_predictions(targets, probabilities_of(output.to(torch::kFloat64)),
                                                                  metric == recipes::StopMetric::kQuadraticKappa);
  switch (metric) {
    case recipes::StopMetric::kAccuracy:
      return scores.accuracy;
    case recipes::StopMetric::kBalancedAccuracy:
      return scores.balanced_accuracy;
    case recipes::StopMetric::kQuadraticKappa:
      return scores.quadratic_kappa;
    default:
      return scores.macro_f1;
  }
}

}  // namespace hitscope::models::neural
