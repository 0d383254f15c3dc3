// Targets from a column: classes by thresholds of a number, or the categories of a text.
// Thread safety: immutable after construction.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models {

class LabelScheme {
 public:
  /// Class = how many thresholds are <= value: thresholds {34, 67} give low (< 34), medium (34..66) and high (>= 67).
  /// Throws std::invalid_argument unless there are 1 to 100, strictly increasing.
  static LabelScheme by_thresholds(std::vector<double> thresholds);
  /// Classes are the distinct non-empty values, numbers in numeric order, else sorted as text. Throws
  /// std::invalid_argument unless there are 2 to 100.
  static LabelScheme by_category(std::span<const std::string> values);

  /// Class of a cell, nullopt where it has none: not a number, or an unknown category.
  std::optional<int> label(const std::string& cell) const;
  const std::vector<std::string>& class_names() const { return class_names_; }
  int n_classes() const { return static_cast<int>(class_names_.size()); }
  /// True for thresholds: classes have an order.
  bool is_ordered() const { return !thresholds_.empty(); }
  const std::vector<double>& thresholds() const { return thresholds_; }

 private:
  std::vector<double> thresholds_;
  std::vector<std::string> class_names_;
};

/// The whole of `cell` as a finite number, blanks around it allowed; nullopt otherwise.
std::optional<double> parse_number(const std::string& cell);

}  // namespace hitscope::models
