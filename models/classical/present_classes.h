// The classes that training rows have. Internal to models/classical.
// Thread safety: a plain value.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hitscope::models::classical {

/// Numbered anew without those that no row has.
class PresentClasses {
 public:
  PresentClasses() = default;
  PresentClasses(std::span<const int> targets, int n_classes);
  /// All of them, 0 for values.
  static PresentClasses all(int n_classes);
  /// What to_json() wrote. Throws std::runtime_error for other text.
  static PresentClasses from_json(const std::string& text);
  std::string to_json() const;

  int n_all() const { return static_cast<int>(of_.size()); }
  int n_present() const { return static_cast<int>(classes_.size()); }
  bool are_all() const { return of_.size() == classes_.size(); }
  /// The new number of a class; -1 where it was absent.
  int number_of(int target) const { return of_[static_cast<std::size_t>(target)]; }
  /// Probabilities of the present classes, [n_rows, n_present], as such of all, [n_rows, n_all].
  std::vector<double> widened(std::vector<double> probabilities, std::size_t n_rows) const;

 private:
  std::vector<int> classes_;  // rising
  std::vector<int> of_;       // [n_all]
};

}  // namespace hitscope::models::classical
