// Categories whose rows cannot have been drawn like the others: a table that was put together by one of its columns.
#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// The rows of a category, by their target.
struct Category {
  std::string_view name;
  std::size_t n = 0;
  double least = HUGE_VAL;
  double largest = -HUGE_VAL;
};

/// A bound of the target that categories keep to together.
struct SharedBound {
  double bound = 0.0;
  double share_beyond = 0.0;  ///< of all rows
  std::vector<const Category*> categories;
};

std::vector<Category> categories_of(const Rows& rows, const std::vector<std::string>& values) {
  std::unordered_map<std::string_view, Category> by_name;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    const double target = rows.input.target_values[row];
    if (values[row].empty() || !std::isfinite(target)) continue;
    Category& category = by_name[values[row]];
    category.name = values[row];
    ++category.n;
    category.least = std::min(category.least, target);
    category.largest = std::max(category.largest, target);
  }
  std::vector<Category> categories;
  categories.reserve(by_name.size());
  for (const auto& [name, category] : by_name) categories.push_back(category);
  std::sort(categories.begin(), categories.end(),
            [](const Category& a, const Category& b) { return std::pair(b.n, a.name) < std::pair(a.n, b.name); });
  return categories;
}

/// The bound that most categories end at exactly (`end_of` is their least or largest target), although each of them
/// would have rows beyond it but for a chance of one in a million, were its rows drawn like all.
template <typename EndOf, typename ShareBeyond>
SharedBound shared_bound(const std::vector<Category>& categories, const EndOf& end_of,
                         const ShareBeyond& share_beyond) {
  constexpr double kChance = 1e-6;
  std::map<double, std::vector<const Category*>> by_bound;
  for (const Category& category : categories) {
    const double share = share_beyond(end_of(category));
    const bool is_impossible = share < 1.0 && static_cast<double>(category.n) * std::log1p(-share) < std::log(kChance);
    if (is_impossible) by_bound[end_of(category)].push_back(&category);
  }
  SharedBound best;
  for (const auto& [bound, sharing] : by_bound) {
    if (sharing.size() > best.categories.size()) best = {bound, share_beyond(bound), sharing};
  }
  return best;
}

void tell(const data::CategoricalColumn& column, const SharedBound& found, std::size_t n_categories, const char* words,
          std::vector<Finding>& findings) {
  // Genres differ; but that several of them end at one and the same number is no taste of any listener's.
  constexpr std::size_t kFewest = 5;
  if (found.categories.size() < kFewest) return;
  const Category& example = *found.categories.front();
  findings.push_back(
      {Severity::kWarning, AuditRule::kSampledByColumn, column.name,
       std::to_string(found.categories.size()) + " of the " + std::to_string(n_categories) + " values of '" +
           column.name + "' never " + words + " " + number(found.bound) + ", as " + percent(found.share_beyond) +
           " of all rows do (such as '" + std::string(example.name) + "': " + counted(example.n, "row") + ", " +
           number(example.least) + " to " + number(example.largest) +
           "): the table was sampled by this column, and a score with it is of the sampling; leave it out"});
}

}  // namespace

void check_sampling(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.input.target_values.empty()) return;
  std::vector<double> sorted;
  for (const double target : rows.input.target_values) {
    if (std::isfinite(target)) sorted.push_back(target);
  }
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) return;
  const auto n = static_cast<double>(sorted.size());
  const auto share_below = [&](double bound) {
    return static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), bound) - sorted.begin()) / n;
  };
  const auto share_above = [&](double bound) {
    return static_cast<double>(sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), bound)) / n;
  };
  for (const data::CategoricalColumn& column : rows.input.table.categorical) {
    const std::vector<Category> categories = categories_of(rows, column.values);
    tell(column,
         shared_bound(
             categories, [](const Category& c) { return c.least; }, share_below),
         categories.size(), "fall below", findings);
    tell(column,
         shared_bound(
             categories, [](const Category& c) { return c.largest; }, share_above),
         categories.size(), "rise above", findings);
  }
}

}  // namespace hitscope::models::evaluation
