// What is to be predicted, before it has become classes: one raw value per row.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models::data {

/// The target column as it was read. Rows without a value (NaN, or an empty text) have no label.
struct RawTargets {
  std::vector<double> numbers;      ///< [n_rows], NaN where missing; empty where the column is text
  std::vector<std::string> texts;   ///< [n_rows], empty where missing; empty where the column is numeric
  std::vector<std::string> groups;  ///< [n_rows] for percentiles within groups (year, genre); else empty

  bool is_numeric() const { return !numbers.empty(); }
  std::size_t n_rows() const { return is_numeric() ? numbers.size() : texts.size(); }
};

/// Classes that only balance a split, never labels: up to 10 quantile bins of a numeric target (fewer where values
/// repeat), or the distinct texts; -1 where missing. They look at all rows, which no label may.
std::vector<int> strata_of(const RawTargets& targets);

}  // namespace hitscope::models::data
