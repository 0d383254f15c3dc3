// Columns of a few values, each of which determines one class, on too few or too uneven rows for a certain skill.
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// Rows with a value of the column, all of one class.
struct Members {
  int target = 0;
  std::size_t n = 0;
};

/// The natural logarithm of how likely it is by chance that each value has rows of one class only, at the most.
double log_chance(const std::vector<std::size_t>& sizes, const std::vector<double>& shares) {
  double sum = 0.0;
  for (const std::size_t n : sizes) {
    double chance = 0.0;
    for (const double share : shares) chance += std::pow(share, static_cast<double>(n));
    sum += std::log(std::max(chance, 1e-300));
  }
  return sum;
}

template <typename Value, typename IsMissing>
bool determines(const Rows& rows, const std::vector<Value>& values, const IsMissing& is_missing) {
  const auto n_classes = static_cast<std::size_t>(rows.input.n_classes);
  const std::size_t most_values = 4 * n_classes;
  using Key = std::conditional_t<std::is_same_v<Value, std::string>, std::string_view, Value>;
  std::unordered_map<Key, Members> by_value;
  std::vector<double> shares(n_classes, 0.0);
  double n_known = 0.0;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (is_missing(values[row])) continue;
    const int target = rows.input.targets[row];
    Members& members = by_value.try_emplace(values[row], Members{target, 0}).first->second;
    if (members.target != target || by_value.size() > most_values) return false;
    ++members.n;
    shares[static_cast<std::size_t>(target)] += 1.0;
    n_known += 1.0;
  }
  if (n_known * 2.0 < static_cast<double>(rows.n_rows)) return false;
  std::vector<std::size_t> sizes;
  for (const auto& [value, members] : by_value) sizes.push_back(members.n);
  for (double& share : shares) share /= n_known;
  return log_chance(sizes, shares) < std::log(1e-9);
}

}  // namespace

bool determines_class(const Rows& rows, const std::vector<double>& values) {
  return determines(rows, values, [](double value) { return std::isnan(value); });
}

bool determines_class(const Rows& rows, const std::vector<std::string>& values) {
  return determines(rows, values, [](const std::string& value) { return value.empty(); });
}

}  // namespace hitscope::models::evaluation
