// What is to be predicted: the target column as it was read, and the classes or values that labels make of it.
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
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

/// One class per row.
struct Classes {
  std::vector<int> labels;  ///< [n_rows], 0..n_classes-1
  int n_classes = 0;
};

/// One number per row.
struct Values {
  std::vector<double> values;  ///< [n_rows]
};

/// What a head learns.
using Targets = std::variant<Classes, Values>;

/// Class of every row; empty for values.
std::span<const int> labels_of(const Targets& targets);
/// Number of classes; 0 for values.
int n_classes_of(const Targets& targets);
std::size_t n_rows_of(const Targets& targets);
/// Those of `rows`, in their order.
Targets of_rows(const Targets& targets, std::span<const std::size_t> rows);

template <typename T>
std::vector<T> of_rows(const std::vector<T>& values, std::span<const std::size_t> rows) {
  std::vector<T> taken;
  taken.reserve(rows.size());
  for (const std::size_t row : rows) taken.push_back(values[row]);
  return taken;
}

/// Classes that only balance a split, never labels: up to 10 quantile bins of a numeric target (fewer where values
/// repeat), or the distinct texts; -1 where missing. They look at all rows, which no label may.
std::vector<int> strata_of(const RawTargets& targets);

}  // namespace hitscope::models::data
