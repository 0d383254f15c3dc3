// What support vector machines have learned: weighted sums of kernels with some rows. Internal to models/classical.
//
// Arrays: support [n_support, n_columns] (float), coefficients [n_outputs, n_support], intercept [n_outputs], gamma
// [1]; of classes sigmoid [n_outputs, 2] (slope and offset of Platt's). Thread safety: const functions by any number of
// threads.
#pragma once

#include <string>
#include <vector>

#include "models/classical/estimator.h"
#include "models/classical/kernels/kernel.h"

namespace hitscope::models::classical::kernels {

/// gamma: "scale" (1 / (n_columns * variance of all values)), "auto" (1 / n_columns), or a number.
struct Gamma {
  std::string words = "scale";

  static Gamma from_text(const dsp::Field& field, const std::string& text);
  std::string text() const { return words; }
  double of(const data::Matrix& rows) const;
  friend bool operator==(const Gamma&, const Gamma&) = default;
};

struct KernelParameters {
  double strength = 1.0;
  KernelKind kernel = KernelKind::kRbf;
  Gamma gamma{};
  int degree = 3;
  double coef0 = 0.0;
  double tol = 1e-3;
  int cache_size = 200;
  int exact_up_to = 20000;
  int n_components = 300;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = KernelParameters;
    visit(&P::strength, {.name = "C", .help = "inverse of the penalty's strength", .rule = dsp::greater_than(0)});
    visit(&P::kernel, {.name = "kernel", .help = "kernel of two rows a and b"});
    visit(&P::gamma, {.name = "gamma",
                      .help = "of the kernel: scale is 1 / (columns * variance of all values), auto is 1 / columns",
                      .value = "scale|auto|NUMBER"});
    visit(&P::degree, {.name = "degree", .help = "of the poly kernel", .rule = dsp::between(1, 20)});
    visit(&P::coef0, {.name = "coef0", .help = "of the poly and the sigmoid kernel"});
    visit(&P::tol,
          {.name = "tol", .help = "how far conditions of the optimum may be missed", .rule = dsp::between(1e-9, 1)});
    visit(&P::cache_size,
          {.name = "cache_size", .help = "megabytes for kernels that are kept", .rule = dsp::between(1, 1e6)});
    visit(&P::exact_up_to,
          {.name = "exact_up_to",
           .help = "training rows up to which the machine is exact; of more it is linear in kernels with n_components "
                   "of them (Nyström's approximation), and the leaderboard says so",
           .rule = dsp::between(2, 1e9)});
    visit(&P::n_components,
          {.name = "n_components", .help = "rows that Nyström's approximation takes", .rule = dsp::between(2, 5000)});
  }
};

struct KernelMachine {
  data::Matrix support;
  std::vector<double> coefficients;  ///< [n_outputs, n_support]
  std::vector<double> intercept;     ///< [n_outputs]
  double gamma = 1.0;

  std::size_t n_outputs() const { return intercept.size(); }
  /// Decisions or values [n_rows, n_outputs]; the kernel's kind, degree and coef0 are those of `parameters`.
  std::vector<double> outputs(const data::Matrix& x, const KernelParameters& parameters, int n_threads) const;
  /// Leaves out rows whose coefficients are all 0.
  void drop_unused();
  Learned learned() const;
  static KernelMachine from(const Learned& learned, std::size_t n_columns);
};

}  // namespace hitscope::models::classical::kernels
