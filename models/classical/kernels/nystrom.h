// Nyström's approximation of a kernel: rows as kernels with a few of them, so that inner products are about the kernel.
// Internal to models/classical.
// Thread safety: immutable after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "models/classical/kernels/kernel_machine.h"

namespace hitscope::models::classical::kernels {

class Nystrom {
 public:
  /// Takes rows drawn with `seed`.
  Nystrom(const data::Matrix& rows, const KernelParameters& parameters, double gamma, std::uint64_t seed);

  const data::Matrix& landmarks() const { return landmarks_; }
  /// `rows` as [n_rows, n_landmarks].
  data::Matrix transform(const data::Matrix& rows, int n_threads) const;
  /// The coefficients of kernels with the landmarks that are these weights of transformed columns.
  std::vector<double> coefficients(const std::vector<double>& weight) const;

 private:
  const KernelParameters& parameters_;
  double gamma_;
  data::Matrix landmarks_;
  std::vector<float> root_;  // [n_landmarks, n_landmarks], symmetric: the inverse root of the landmarks' kernel
};

}  // namespace hitscope::models::classical::kernels
