#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/classical/class_probabilities.h"
#include "models/classical/kernels/kernel_machine.h"
#include "models/classical/kernels/nystrom.h"
#include "models/classical/kernels/pairwise.h"
#include "models/classical/kernels/smo.h"
#include "models/classical/kernels/svm_heads.h"
#include "models/classical/linear/losses.h"
#include "models/classical/linear/platt.h"
#include "models/classical/table_head.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::kernels {
namespace {

constexpr int kFolds = 5;

/// max(0, 1 - yz), its corner rounded over `rounding` to both sides.
struct HingeLoss {
  linear::OneClass is_positive;
  double rounding = 0.02;

  linear::LossTerms operator()(std::size_t row, double z) const {
    const double y = is_positive(row) ? 1.0 : -1.0;
    const double slack = 1.0 - y * z;
    if (slack <= -rounding) return {};
    if (slack >= rounding) return {slack, -y, 0.0};
    const double into = slack + rounding;
    return {into * into / (4.0 * rounding), -y * into / (2.0 * rounding), 1.0 / (2.0 * rounding)};
  }
};

/// The rows of two classes, and what was learned of them.
struct Pair {
  data::Matrix rows;
  std::vector<std::size_t> numbers;  // of the rows among all
  std::vector<int> targets;          // 1: of the second class
  std::vector<double> weights;       // empty: all 1
};

class Svc final : public Estimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    n_classes_ = rows.n_classes;
    sigmoids_.clear();
    machine_ = {};
    machine_.gamma = parameters_.gamma.of(rows.features);
    const bool is_exact = rows.n_rows() <= static_cast<std::size_t>(parameters_.exact_up_to);
    note_ = is_exact ? "" : "Nyström's approximation with " + std::to_string(parameters_.n_components) + " rows";
    std::optional<Nystrom> nystrom;
    if (!is_exact) nystrom.emplace(rows.features, parameters_, machine_.gamma, context.seed);
    machine_.support = is_exact ? rows.features : nystrom->landmarks();
    const data::Matrix transformed = is_exact ? data::Matrix{} : nystrom->transform(rows.features, context.n_threads);
    for (int a = 0; a < n_classes_; ++a) {
      for (int b = a + 1; b < n_classes_; ++b) {
        const Pair pair = pair_of(rows, is_exact ? rows.features : transformed, a, b);
        const bool is_done = is_exact ? fit_exactly(pair, context) : fit_nearly(pair, *nystrom, context);
        if (!is_done) return false;
      }
    }
    machine_.drop_unused();
    return true;
  }
  std::string note() const override { return note_; }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    std::vector<double> z = machine_.outputs(features, parameters_, n_threads);
    const std::size_t k = machine_.n_outputs();
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = sigmoids_[i % k].slope * z[i] + sigmoids_[i % k].offset;
    if (k == 1) return class_probabilities(std::move(z), 1);
    for (double& value : z) value = std::clamp(sigmoid(value), 1e-7, 1.0 - 1e-7);
    return coupled(z, static_cast<std::size_t>(n_classes_), n_threads);
  }

  std::size_t n_parameters() const override { return machine_.support.values.size() + machine_.coefficients.size(); }

  Learned learned() const override {
    Learned result = machine_.learned();
    std::vector<double> pairs;
    for (const linear::Sigmoid& s : sigmoids_) pairs.insert(pairs.end(), {s.slope, s.offset});
    result.arrays["sigmoid"] = {{static_cast<std::int64_t>(sigmoids_.size()), 2}, pairs};
    return result;
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    KernelMachine machine = KernelMachine::from(learned, n_columns);
    const auto n_pairs = static_cast<std::int64_t>(machine.n_outputs());
    const auto& pairs = doubles(learned.arrays, "sigmoid", {n_pairs, 2});
    std::int64_t n = 2;
    while (n * (n - 1) / 2 < n_pairs) ++n;
    if (n * (n - 1) / 2 != n_pairs) throw std::runtime_error("intercept is of no number of pairs of classes");
    machine_ = std::move(machine);
    n_classes_ = static_cast<int>(n);
    sigmoids_.clear();
    for (std::size_t i = 0; i < pairs.size(); i += 2) sigmoids_.push_back({pairs[i], pairs[i + 1]});
    return n_classes_;
  }

 private:
  static Pair pair_of(const LearningRows& rows, const data::Matrix& features, int a, int b) {
    Pair pair{{0, features.n_columns, {}}, {}, {}, {}};
    for (std::size_t row = 0; row < rows.n_rows(); ++row) {
      if (rows.targets[row] != a && rows.targets[row] != b) continue;
      pair.numbers.push_back(row);
      pair.targets.push_back(rows.targets[row] == b ? 1 : 0);
      if (!rows.weights.empty()) pair.weights.push_back(rows.weights[row]);
      const float* x = features.values.data() + row * features.n_columns;
      pair.rows.values.insert(pair.rows.values.end(), x, x + features.n_columns);
    }
    pair.rows.n_rows = pair.numbers.size();
    return pair;
  }
  static double weight(const Pair& pair, std::size_t i) { return pair.weights.empty() ? 1.0 : pair.weights[i]; }

  bool fit_exactly(const Pair& pair, const FitContext& context) {
    const std::size_t n = pair.numbers.size();
    const KernelFunction function(pair.rows, parameters_.kernel, machine_.gamma, parameters_.degree, parameters_.coef0);
    KernelRows kernel(pair.rows, function, static_cast<std::size_t>(parameters_.cache_size) * 1'000'000);
    SmoProblem problem;
    for (std::size_t i = 0; i < n; ++i) {
      problem.rows.push_back(static_cast<std::uint32_t>(i));
      problem.y.push_back(pair.targets[i] == 1 ? 1.0 : -1.0);
      problem.linear.push_back(-1.0);
      problem.upper.push_back(parameters_.strength * weight(pair, i));
    }
    const SmoSolution whole = solve(problem, kernel, parameters_.tol, context.stop);
    // Rows that are left out have no say, and their gradient is their decision.
    const std::vector<int> folds = linear::inner_folds(pair.targets, kFolds, context.seed);
    std::vector<double> decisions(n);
    const int n_folds = *std::max_element(folds.begin(), folds.end()) + 1;
    for (int fold = 0; fold < n_folds; ++fold) {
      SmoProblem part = problem;
      for (std::size_t i = 0; i < n; ++i) part.upper[i] = folds[i] == fold ? 0.0 : problem.upper[i];
      const SmoSolution without = solve(part, kernel, parameters_.tol, context.stop);
      for (std::size_t i = 0; i < n; ++i) {
        if (folds[i] == fold) decisions[i] = problem.y[i] * (without.gradient[i] + 1.0) - without.rho;
      }
    }
    if (context.is_stopped()) return false;
    sigmoids_.push_back(linear::fit_sigmoid(decisions, pair.targets, 1, pair.weights));
    std::vector<double> coefficients(machine_.support.n_rows, 0.0);
    for (std::size_t i = 0; i < n; ++i) coefficients[pair.numbers[i]] = whole.a[i] * problem.y[i];
    machine_.coefficients.insert(machine_.coefficients.end(), coefficients.begin(), coefficients.end());
    machine_.intercept.push_back(-whole.rho);
    return true;
  }

  linear::LinearOutput minimised(const Pair& pair, std::span<const double> weights, const FitContext& context,
                                 linear::LinearOutput start) const {
    linear::Penalty penalty;
    penalty.l2 = 1.0 / parameters_.strength;
    for (const double rounding : {0.5, 0.1, 0.02}) {
      const HingeLoss loss{{pair.targets, 1}, rounding};
      start = linear::Newton(pair.rows, weights, loss, penalty, context.n_threads, std::move(start)).solve({30, 1e-6});
    }
    return start;
  }

  bool fit_nearly(const Pair& pair, const Nystrom& nystrom, const FitContext& context) {
    const linear::LinearOutput whole = minimised(pair, pair.weights, context, {});
    const std::vector<int> folds = linear::inner_folds(pair.targets, kFolds, context.seed);
    const int n_folds = *std::max_element(folds.begin(), folds.end()) + 1;
    std::vector<double> decisions(folds.size());
    std::vector<double> z(folds.size());
    for (int fold = 0; fold < n_folds; ++fold) {
      if (context.is_stopped()) return false;
      std::vector<double> weights(folds.size());
      for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = folds[i] == fold ? 0.0 : weight(pair, i);
      const HingeLoss loss{{pair.targets, 1}, 0.02};
      linear::Penalty penalty;
      penalty.l2 = 1.0 / parameters_.strength;
      const linear::LinearOutput output =
          linear::Newton(pair.rows, weights, loss, penalty, context.n_threads, whole).solve({30, 1e-6});
      linear::outputs_of(pair.rows, output.weight, output.bias, context.n_threads, z);
      for (std::size_t i = 0; i < z.size(); ++i) decisions[i] = folds[i] == fold ? z[i] : decisions[i];
    }
    sigmoids_.push_back(linear::fit_sigmoid(decisions, pair.targets, 1, pair.weights));
    const std::vector<double> coefficients = nystrom.coefficients(whole.weight);
    machine_.coefficients.insert(machine_.coefficients.end(), coefficients.begin(), coefficients.end());
    machine_.intercept.push_back(whole.bias);
    return true;
  }

  KernelParameters parameters_;
  KernelMachine machine_;
  std::vector<linear::Sigmoid> sigmoids_;  // of each pair of classes
  int n_classes_ = 0;
  std::string note_;
};

}  // namespace

const HeadInfo Svc::kInfo{.name = "svc",
                          .summary = "support vector machine with a kernel, probabilities by Platt",
                          .meets = data::needs::kTable | data::needs::kClasses,
                          .is_usual = false,
                          .make = table_head<Svc>,
                          .options = preprocessing_options};

const HeadInfo& svc() {
  return Svc::kInfo;
}

}  // namespace hitscope::models::classical::kernels
