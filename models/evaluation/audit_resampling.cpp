// Rare classes that were drawn again before the split, as imblearn's RandomOverSampler does.
//
// A table may hold songs more than once of itself: under several genres, on several albums. A row drawn again is equal
// in every feature, its class would be rare without such rows and is about as large as the largest with them, and no
// row was drawn much more often than chance has it.
#include <bit>
#include <cmath>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// The same sets, divided by the other features and the target, but not by names, which may be newer than the sampling.
CopySets equal_throughout(const Rows& rows, const CopySets& sets) {
  const AuditInput& input = rows.input;
  const auto bits = [](double value) { return std::isnan(value) ? 0 : std::bit_cast<std::uint64_t>(value + 0.0); };
  const std::hash<std::string_view> text;
  CopySets result{std::vector<std::size_t>(rows.n_rows, CopySets::kNone), 0};
  std::unordered_map<std::uint64_t, std::size_t> numbers;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (sets.set_of[row] == CopySets::kNone) continue;
    std::uint64_t key = Rows::mixed(sets.set_of[row] + 1);
    const auto add = [&key](std::uint64_t value) { key = Rows::mixed(key * 31 + value); };
    for (const auto& column : input.table.numeric) add(bits(column.values[row]));
    for (const auto& column : input.table.categorical) add(text(column.values[row]));
    if (!input.target_values.empty()) add(bits(input.target_values[row]));
    add(static_cast<std::uint64_t>(input.targets[row]));
    result.set_of[row] = numbers.emplace(key, numbers.size()).first->second;
  }
  result.n_sets = numbers.size();
  return result;
}

/// Copies by class.
struct ClassCopies {
  std::size_t n_rows = 0;
  std::size_t n_distinct = 0;
  std::size_t n_tests_shared = 0;  ///< test rows with a copy that trains or validates
  std::size_t n_tests_twice = 0;   ///< test rows with a copy in any part
  double squares = 0.0;            ///< sum of the squared numbers of copies of each row
  double share() const {
    return n_rows == 0 ? 0.0 : 1.0 - static_cast<double>(n_distinct) / static_cast<double>(n_rows);
  }
  /// Variance of the number of copies of a row divided by the square of its mean: at most a quarter if rows were drawn
  /// at random. Songs that were listed twice before are drawn twice as often, which adds the dispersion of listings.
  double dispersion() const {
    const auto n = static_cast<double>(n_distinct);
    const double mean = static_cast<double>(n_rows) / n;
    return (squares / n - (mean - 1.0) * (mean - 1.0)) / (mean * mean);
  }
};

std::vector<ClassCopies> class_copies(const Rows& rows, const CopySets& sets) {
  struct Set {
    std::size_t n_rows = 0;
    std::size_t n_tests = 0;
  };
  const auto n_classes = static_cast<std::size_t>(rows.input.n_classes);
  std::unordered_map<std::size_t, Set> counts;
  const auto id = [&](std::size_t row) {
    return sets.set_of[row] * n_classes + static_cast<std::size_t>(rows.input.targets[row]);
  };
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (sets.set_of[row] == CopySets::kNone) continue;
    Set& set = counts[id(row)];
    ++set.n_rows;
    set.n_tests += rows.n_tests > 0 && rows.tests[row] ? 1 : 0;
  }
  std::vector<ClassCopies> classes(n_classes);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    ClassCopies& copies = classes[static_cast<std::size_t>(rows.input.targets[row])];
    ++copies.n_rows;
    if (sets.set_of[row] == CopySets::kNone || rows.n_tests == 0 || !rows.tests[row]) continue;
    const Set& set = counts.at(id(row));
    copies.n_tests_twice += set.n_rows > 1 ? 1 : 0;
    copies.n_tests_shared += set.n_rows > set.n_tests ? 1 : 0;
  }
  for (auto& copies : classes) copies.n_distinct = copies.n_rows;
  for (const auto& [key, set] : counts) {
    classes[key % n_classes].n_distinct -= set.n_rows - 1;
    classes[key % n_classes].squares += std::pow(static_cast<double>(set.n_rows - 1), 2);
  }
  return classes;
}

double least_share(const std::vector<ClassCopies>& classes) {
  double least = 1.0;
  for (const auto& copies : classes) least = copies.n_rows == 0 ? least : std::min(least, copies.share());
  return least;
}

/// The class that was drawn again, or none.
std::vector<ClassCopies>::const_iterator drawn_again(const std::vector<ClassCopies>& classes) {
  constexpr std::size_t kFewRows = 20;
  constexpr double kMostDispersed = 1.0;
  const auto by_share = [](const ClassCopies& x, const ClassCopies& y) { return x.share() < y.share(); };
  const auto most = std::max_element(classes.begin(), classes.end(), by_share);
  std::size_t n_present = 0;
  std::size_t largest = 0;
  std::size_t largest_distinct = 0;
  std::size_t smallest = most->n_rows;
  for (const auto& copies : classes) {
    if (copies.n_rows == 0) continue;
    ++n_present;
    largest = std::max(largest, copies.n_rows);
    smallest = std::min(smallest, copies.n_rows);
    largest_distinct = std::max(largest_distinct, copies.n_distinct);
  }
  if (n_present < 2 || most->n_rows < kFewRows || most->dispersion() > kMostDispersed) return classes.end();
  const bool rare = static_cast<double>(most->n_distinct) <= 0.8 * static_cast<double>(largest_distinct);
  const bool large = static_cast<double>(most->n_rows) >= 0.9 * static_cast<double>(largest);
  if (!rare || !large) return classes.end();
  const double least = least_share(classes);
  const bool balanced = smallest == largest && most->share() >= 0.05 && least <= most->share() / 2.0;
  // Natural duplicates occur in all classes; if one class is mostly copies and another has few, it was over-sampled.
  const bool uneven = most->share() >= 0.5 && least <= most->share() / 4.0;
  return balanced || uneven ? most : classes.end();
}

}  // namespace

void check_resampled(const Rows& rows, const CopySets& sets, std::vector<Finding>& findings) {
  const auto classes = class_copies(rows, equal_throughout(rows, sets));
  const auto most = drawn_again(classes);
  // Training rows may be drawn again, after the split.
  if (most == classes.end() || (rows.n_tests > 0 && most->n_tests_twice == 0)) return;
  std::size_t n_shared = 0;
  for (const auto& copies : classes) n_shared += copies.n_tests_shared;
  const bool equal = std::all_of(classes.begin(), classes.end(), [&](const ClassCopies& copies) {
    return copies.n_rows == 0 || copies.n_rows == most->n_rows;
  });
  const std::string name = rows.class_name(static_cast<int>(most - classes.begin()));
  std::string detail = percent(most->share()) + " of the rows of class " + name + " are exact copies (" +
                       percent(least_share(classes)) + " in the class with the fewest)";
  if (equal) detail += ", and all classes have exactly " + counted(most->n_rows, "row");
  Severity severity = Severity::kWarning;
  if (n_shared > 0) {
    const double share = rows.share_of_tests(n_shared);
    severity = graded(share);
    detail +=
        "; " + counted(n_shared, "test row") + " " + share_told(share) + " are copies of training or validation rows";
  }
  detail += ": rare classes were over-sampled before the split; resample the training rows only";
  findings.push_back({severity, AuditRule::kResampledCopies, name, std::move(detail)});
}

}  // namespace hitscope::models::evaluation
