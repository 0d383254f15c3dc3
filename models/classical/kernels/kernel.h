// Kernels of support vector machines between rows of matrices, in single precision as libsvm keeps them.
// Thread safety: KernelFunction is immutable; a KernelRows serves one thread.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

#include "dsp/fields.h"
#include "models/data/table_encoder.h"

namespace hitscope::models::classical::kernels {

using dsp::to_string;

enum class KernelKind { kRbf, kPoly, kSigmoid, kLinear };
constexpr auto names_of(KernelKind) {
  return std::to_array<dsp::Name<KernelKind>>({{KernelKind::kRbf, "rbf", "exp(-gamma |a - b|^2)"},
                                               {KernelKind::kPoly, "poly", "(gamma a.b + coef0)^degree"},
                                               {KernelKind::kSigmoid, "sigmoid", "tanh(gamma a.b + coef0)"},
                                               {KernelKind::kLinear, "linear", "a.b"}});
}

/// The kernel of any row with the rows of one matrix.
class KernelFunction {
 public:
  KernelFunction(const data::Matrix& rows, KernelKind kind, double gamma, int degree, double coef0);

  std::size_t n_rows() const { return n_rows_; }
  /// The kernel of `x` [n_columns] with each row, [n_rows].
  void with_all(const float* x, float* out) const;
  /// The kernel of a row with itself.
  double of_itself(std::size_t row) const;

 private:
  std::size_t n_rows_;
  std::size_t n_columns_;
  std::vector<float> columns_;  // [n_columns, n_rows]
  std::vector<float> squares_;  // |row|^2
  KernelKind kind_;
  float gamma_;
  int degree_;
  float coef0_;
};

/// Kernels of rows of one matrix with one another, the last used kept.
class KernelRows {
 public:
  /// Keeps at most `most_bytes` of them, and two rows at least.
  KernelRows(const data::Matrix& rows, const KernelFunction& function, std::size_t most_bytes);

  /// [n_rows]; valid until two other rows have been asked for.
  const float* row(std::size_t i);
  const KernelFunction& function() const { return function_; }

 private:
  struct Entry {
    std::vector<float> values;
    std::list<std::size_t>::iterator place;
  };
  const data::Matrix& rows_;
  const KernelFunction& function_;
  std::size_t most_rows_;
  std::list<std::size_t> order_;  // the last used first
  std::unordered_map<std::size_t, Entry> kept_;
};

}  // namespace hitscope::models::classical::kernels
