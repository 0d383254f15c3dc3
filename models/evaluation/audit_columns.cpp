// The columns that rows are compared by where it matters how far apart they are.
#include <cmath>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// Columns of many values with few gaps, standardised. On a coarse grid neighbours are in line by chance.
std::vector<Scaled> scaled_columns(const Rows& rows) {
  const auto& numeric = rows.input.table.numeric;
  std::vector<Scaled> all(numeric.size());
  const std::size_t n_coarse = std::clamp<std::size_t>(rows.n_rows / 4, kFewValues, 250);
  for_each_index(numeric.size(), [&](std::size_t i) {
    const auto& values = numeric[i].values;
    if (!is_continuous(values, n_coarse)) return;
    double sum = 0.0;
    double n = 0.0;
    for (const double value : values) {
      if (std::isfinite(value)) sum += value, n += 1.0;
    }
    double squares = 0.0;
    for (const double value : values) {
      if (std::isfinite(value)) squares += (value - sum / n) * (value - sum / n);
    }
    const double deviation = std::sqrt(squares / n);
    if (n < 0.8 * static_cast<double>(rows.n_rows) || !(deviation > 0.0) || !std::isfinite(deviation)) return;
    all[i] = {&values, sum / n, deviation, 1.0F};
  });
  std::erase_if(all, [](const Scaled& column) { return column.values == nullptr; });
  return all;
}

/// Leaves out columns that are sums of others: rows on a line in three copies of one column say nothing. Pivoted
/// Cholesky of the correlations, which stops where less than a twentieth of a column is its own.
std::vector<Scaled> independent(const std::vector<Scaled>& columns, const Rows& rows) {
  constexpr std::size_t kMostRows = 5000;
  const std::size_t step = std::max<std::size_t>(1, rows.n_rows / kMostRows);
  const std::size_t n = columns.size();
  std::vector<double> correlation(n * n);
  double n_rows = 0.0;
  for (std::size_t row = 0; row < rows.n_rows; row += step) {
    if (!is_known(columns, row)) continue;
    n_rows += 1.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) correlation[i * n + j] += columns[i].at(row) * columns[j].at(row);
    }
  }
  std::vector<Scaled> kept;
  if (n_rows == 0.0) return kept;
  std::vector<double> left(n);
  for (std::size_t i = 0; i < n; ++i) left[i] = correlation[i * n + i];
  std::vector<double> whole = left;
  while (kept.size() < n) {
    std::size_t best = n;
    for (std::size_t i = 0; i < n; ++i) {
      const double own = correlation[i * n + i];
      if (own > 0.05 * whole[i] && (best == n || own / whole[i] > correlation[best * n + best] / whole[best])) best = i;
    }
    if (best == n) break;
    kept.push_back(columns[best]);
    const double pivot = correlation[best * n + best];
    std::vector<double> line(correlation.begin() + static_cast<std::ptrdiff_t>(best * n),
                             correlation.begin() + static_cast<std::ptrdiff_t>((best + 1) * n));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) correlation[i * n + j] -= line[i] * line[j] / pivot;
    }
    correlation[best * n + best] = 0.0;
  }
  double largest = 0.0;
  for (const Scaled& column : kept) largest = std::max(largest, column.deviation);
  for (Scaled& column : kept) column.raw_weight = static_cast<float>(std::pow(column.deviation / largest, 2));
  return kept;
}

}  // namespace

bool is_known(const std::vector<Scaled>& columns, std::size_t row) {
  return std::all_of(columns.begin(), columns.end(),
                     [row](const Scaled& c) { return std::isfinite((*c.values)[row]); });
}

std::vector<Scaled> independent_columns(const Rows& rows) {
  return independent(scaled_columns(rows), rows);
}

}  // namespace hitscope::models::evaluation
