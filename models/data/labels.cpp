#include "models/data/labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <stdexcept>

namespace hitscope::models {

std::optional<double> parse_number(const std::string& cell) {
  const std::size_t first = cell.find_first_not_of(" \t");
  if (first == std::string::npos) return std::nullopt;
  const std::size_t last = cell.find_last_not_of(" \t");
  const bool plus = cell[first] == '+' && cell.compare(first, 2, "+-") != 0;
  const char* begin = cell.data() + first + (plus ? 1 : 0);
  const char* end = cell.data() + last + 1;
  double value = 0.0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

LabelScheme LabelScheme::by_thresholds(std::vector<double> thresholds) {
  const bool rising =
      std::adjacent_find(thresholds.begin(), thresholds.end(), std::greater_equal<>()) == thresholds.end();
  const bool finite = std::all_of(thresholds.begin(), thresholds.end(), [](double t) { return std::isfinite(t); });
  if (thresholds.empty() || thresholds.size() > 100 || !rising || !finite) {
    throw std::invalid_argument("thresholds must be 1 to 100 strictly increasing numbers");
  }
  LabelScheme scheme;
  if (thresholds.size() == 1) scheme.class_names_ = {"low", "high"};
  if (thresholds.size() == 2) scheme.class_names_ = {"low", "medium", "high"};
  if (thresholds.size() > 2) {
    for (std::size_t i = 0; i <= thresholds.size(); ++i) scheme.class_names_.push_back("bin-" + std::to_string(i));
  }
  scheme.thresholds_ = std::move(thresholds);
  return scheme;
}

LabelScheme LabelScheme::by_category(std::span<const std::string> values) {
  std::set<std::string> distinct;
  for (const std::string& value : values) {
    if (!value.empty()) distinct.insert(value);
  }
  if (distinct.size() < 2 || distinct.size() > 100) {
    throw std::invalid_argument("the target column has " + std::to_string(distinct.size()) +
                                " distinct values; a categorical target needs 2 to 100");
  }
  LabelScheme scheme;
  scheme.class_names_.assign(distinct.begin(), distinct.end());
  const bool numbers = std::all_of(distinct.begin(), distinct.end(), [](const auto& v) { return parse_number(v); });
  if (numbers) {
    std::stable_sort(scheme.class_names_.begin(), scheme.class_names_.end(),
                     [](const auto& a, const auto& b) { return *parse_number(a) < *parse_number(b); });
  }
  return scheme;
}

std::optional<int> LabelScheme::label(const std::string& cell) const {
  if (is_ordered()) {
    const auto value = parse_number(cell);
    if (!value) return std::nullopt;
    return static_cast<int>(std::upper_bound(thresholds_.begin(), thresholds_.end(), *value) - thresholds_.begin());
  }
  const auto found = std::find(class_names_.begin(), class_names_.end(), cell);
  if (found == class_names_.end()) return std::nullopt;
  return static_cast<int>(found - class_names_.begin());
}

}  // namespace hitscope::models
