#include <array>
#include <cmath>
#include <stdexcept>

#include "models/classical/kernels/kernel_machine.h"
#include "models/classical/kernels/nystrom.h"
#include "models/classical/kernels/smo.h"
#include "models/classical/kernels/svm.h"
#include "models/classical/kernels/svm_heads.h"
#include "models/classical/linear/losses.h"
#include "models/classical/table_head.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::kernels {
namespace {

struct SvrEpsilon {
  double epsilon = 0.1;

  template <typename Visit>
  static void describe(Visit&& visit) {
    visit(&SvrEpsilon::epsilon, {.name = "epsilon", .help = "errors up to this are free", .rule = dsp::at_least(0)});
  }
};

class Svr final : public Estimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::vector<dsp::Setting> parameters() override {
    std::vector<dsp::Setting> settings = dsp::settings_of(parameters_);
    for (dsp::Setting& setting : dsp::settings_of(free_)) settings.push_back(std::move(setting));
    return settings;
  }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    machine_ = {};
    machine_.gamma = parameters_.gamma.of(rows.features);
    const bool is_exact = rows.n_rows() <= static_cast<std::size_t>(parameters_.exact_up_to);
    note_ = is_exact ? "" : "Nyström's approximation with " + std::to_string(parameters_.n_components) + " rows";
    is_exact ? fit_exactly(rows, context) : fit_nearly(rows, context);
    machine_.drop_unused();
    return !context.is_stopped();
  }
  std::string note() const override { return note_; }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    return machine_.outputs(features, parameters_, n_threads);
  }
  std::size_t n_parameters() const override { return machine_.support.values.size() + machine_.coefficients.size(); }
  Learned learned() const override { return machine_.learned(); }
  int load(const Learned& learned, std::size_t n_columns) override {
    KernelMachine machine = KernelMachine::from(learned, n_columns);
    if (machine.n_outputs() != 1) throw std::runtime_error("intercept has more than one output");
    machine_ = std::move(machine);
    return 0;
  }

 private:
  /// Variables of errors above and below, of each row.
  void fit_exactly(const LearningRows& rows, const FitContext& context) {
    const std::size_t n = rows.n_rows();
    const KernelFunction function(rows.features, parameters_.kernel, machine_.gamma, parameters_.degree,
                                  parameters_.coef0);
    KernelRows kernel(rows.features, function, static_cast<std::size_t>(parameters_.cache_size) * 1'000'000);
    SmoProblem problem;
    for (const double sign : {1.0, -1.0}) {
      for (std::size_t row = 0; row < n; ++row) {
        problem.rows.push_back(static_cast<std::uint32_t>(row));
        problem.y.push_back(sign);
        problem.linear.push_back(free_.epsilon - sign * rows.values[row]);
        problem.upper.push_back(parameters_.strength * rows.weight(row));
      }
    }
    const SmoSolution solution = solve(problem, kernel, parameters_.tol, context.stop);
    machine_.support = rows.features;
    for (std::size_t row = 0; row < n; ++row) machine_.coefficients.push_back(solution.a[row] - solution.a[row + n]);
    machine_.intercept = {-solution.rho};
  }

  void fit_nearly(const LearningRows& rows, const FitContext& context) {
    const Nystrom nystrom(rows.features, parameters_, machine_.gamma, context.seed);
    const data::Matrix transformed = nystrom.transform(rows.features, context.n_threads);
    linear::Penalty penalty;
    penalty.l2 = 1.0 / parameters_.strength;
    double squares = 0.0;
    double mean = 0.0;
    for (const double v : rows.values) mean += v / static_cast<double>(rows.n_rows());
    for (const double v : rows.values) squares += (v - mean) * (v - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(rows.n_rows()));
    linear::LinearOutput output;
    for (const double share : {0.3, 0.1, 0.02}) {
      const linear::EpsilonLoss loss{rows.values, free_.epsilon, std::max(share * deviation, 1e-12)};
      output = linear::Newton(transformed, rows.weights, loss, penalty, context.n_threads, std::move(output))
                   .solve({20, 1e-6});
    }
    machine_.support = nystrom.landmarks();
    machine_.coefficients = nystrom.coefficients(output.weight);
    machine_.intercept = {output.bias};
  }

  KernelParameters parameters_;
  SvrEpsilon free_;
  KernelMachine machine_;
  std::string note_;
};

}  // namespace

const HeadInfo Svr::kInfo{.name = "svr",
                          .summary = "support vector regression with a kernel",
                          .meets = data::needs::kTable | data::needs::kValues,
                          .is_usual = false,
                          .make = table_head<Svr>,
                          .options = preprocessing_options};

const HeadInfo& svr() {
  return Svr::kInfo;
}

std::span<const HeadInfo* const> heads() {
  static const std::array<const HeadInfo*, 2> list{&svc(), &svr()};
  return list;
}

}  // namespace hitscope::models::classical::kernels
