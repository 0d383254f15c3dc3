#include "models/classical/kernels/pairwise.h"

#include <algorithm>
#include <cmath>

#include "models/data/parallel.h"

namespace hitscope::models::classical::kernels {
namespace {

/// Minimises the sum over pairs of (r_ji p_i - r_ij p_j)^2, by turns.
void couple(const std::vector<double>& r, std::size_t k, double* p) {
  std::vector<double> q(k * k, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    p[i] = 1.0 / static_cast<double>(k);
    for (std::size_t j = 0; j < k; ++j) {
      if (j == i) continue;
      q[i * k + i] += r[j * k + i] * r[j * k + i];
      q[i * k + j] = -r[j * k + i] * r[i * k + j];
    }
  }
  const double enough = 0.005 / static_cast<double>(k);
  const std::size_t most = std::max<std::size_t>(100, k);
  std::vector<double> qp(k);
  for (std::size_t turn = 0; turn < most; ++turn) {
    double pqp = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
      qp[i] = 0.0;
      for (std::size_t j = 0; j < k; ++j) qp[i] += q[i * k + j] * p[j];
      pqp += p[i] * qp[i];
    }
    double worst = 0.0;
    for (std::size_t i = 0; i < k; ++i) worst = std::max(worst, std::abs(qp[i] - pqp));
    if (worst < enough) break;
    for (std::size_t i = 0; i < k; ++i) {
      const double change = (pqp - qp[i]) / q[i * k + i];
      p[i] += change;
      pqp = (pqp + change * (change * q[i * k + i] + 2.0 * qp[i])) / ((1.0 + change) * (1.0 + change));
      for (std::size_t j = 0; j < k; ++j) {
        qp[j] = (qp[j] + change * q[i * k + j]) / (1.0 + change);
        p[j] /= 1.0 + change;
      }
    }
  }
}

}  // namespace

std::vector<double> coupled(const std::vector<double>& pairs, std::size_t k, int n_threads) {
  const std::size_t n_pairs = k * (k - 1) / 2;
  const std::size_t n_rows = pairs.size() / n_pairs;
  std::vector<double> result(n_rows * k);
  data::in_blocks(n_rows, n_threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> r(k * k, 0.0);  // r[i, j]: of i against j
    for (std::size_t row = begin; row < end; ++row) {
      const double* second = pairs.data() + row * n_pairs;
      for (std::size_t a = 0; a < k; ++a) {
        for (std::size_t b = a + 1; b < k; ++b) {
          r[b * k + a] = *second++;
          r[a * k + b] = 1.0 - r[b * k + a];
        }
      }
      couple(r, k, result.data() + row * k);
    }
  });
  return result;
}

}  // namespace hitscope::models::classical::kernels
