// Sequential minimal optimisation: minimises a'Qa / 2 + p'a subject to y'a = 0 and 0 <= a <= upper, where
// Q_st = y_s y_t K(row_s, row_t).
//
// libsvm's working sets by second-order information (Fan, Chen and Lin 2005) and its stopping rule, without its
// shrinking: variables are few enough here (svm.h). Our own, because libsvm computes the kernel an entry at a time.
// Thread safety: a free function without shared state.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "models/classical/kernels/kernel.h"

namespace hitscope::models::classical::kernels {

struct SmoProblem {
  std::vector<std::uint32_t> rows;  ///< [n], of each variable, in the kernel's matrix
  std::vector<double> y;            ///< [n], 1 or -1
  std::vector<double> linear;       ///< [n], p
  std::vector<double> upper;        ///< [n]; variables of 0 take no part, but their gradient is kept
};

struct SmoSolution {
  std::vector<double> a;         ///< [n]
  std::vector<double> gradient;  ///< [n], Qa + p
  double rho = 0.0;              ///< what to subtract from sums over y a K to get decisions
};

/// Until no pair violates the conditions of the optimum by more than `tol`, or `stop` is set (which may be null).
SmoSolution solve(const SmoProblem& problem, KernelRows& kernel, double tol, const std::atomic<bool>* stop);

}  // namespace hitscope::models::classical::kernels
