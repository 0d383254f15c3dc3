// Feature rows that are there more than once: the same clip on both sides of the split, or rare classes drawn again.
//
// Equal rows are natural where columns have few values. A row counts only where three columns with many values are
// known, and where chance would hardly bring the same values together twice.
#include <bit>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::audit_checks {
namespace {

using Columns = std::vector<const std::vector<double>*>;

std::uint64_t bits_of(double value) {
  if (std::isnan(value)) return 0x7ff8000000000000ULL;
  return std::bit_cast<std::uint64_t>(value == 0.0 ? 0.0 : value);
}

std::vector<std::uint64_t> hashes(const Columns& columns, std::size_t n_rows) {
  constexpr std::size_t kBlock = 4096;
  std::vector<std::uint64_t> result(n_rows, 0x9e3779b97f4a7c15ULL);
  for_each_index((n_rows + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t end = std::min(n_rows, (block + 1) * kBlock);
    for (const auto* column : columns) {
      for (std::size_t row = block * kBlock; row < end; ++row) {
        result[row] = Rows::mixed(result[row] * 31 + bits_of((*column)[row]));
      }
    }
  });
  return result;
}

/// How often values come among rows that differ, so that copies do not make their own values look common.
class Frequencies {
 public:
  Frequencies(const Rows& rows, const Columns& columns, const std::vector<std::uint64_t>& keys) : columns_(columns) {
    constexpr std::size_t kMostRows = 100'000;
    std::unordered_set<std::uint64_t> seen;
    std::vector<std::size_t> sample;
    const double share = std::min(1.0, static_cast<double>(kMostRows) / static_cast<double>(rows.n_rows));
    const auto limit = static_cast<std::uint64_t>(share * 9.2e18);
    for (std::size_t row = 0; row < rows.n_rows; ++row) {
      if (rows.order(row) >> 1 <= limit && seen.insert(keys[row]).second) sample.push_back(row);
    }
    sorted_.resize(columns.size());
    for_each_index(columns.size(), [&](std::size_t c) {
      for (const std::size_t row : sample) {
        if (!std::isnan((*columns[c])[row])) sorted_[c].push_back((*columns[c])[row]);
      }
      std::sort(sorted_[c].begin(), sorted_[c].end());
    });
  }

  /// Whether no second row like this one is to be expected in the whole table, were its columns independent.
  bool is_telling(std::size_t row, std::size_t n_rows) const {
    const auto n = static_cast<double>(n_rows);
    double log_expected = 2.0 * std::log(n);
    std::size_t n_known = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double value = (*columns_[c])[row];
      if (std::isnan(value) || sorted_[c].empty()) continue;
      const auto [begin, end] = std::equal_range(sorted_[c].begin(), sorted_[c].end(), value);
      const double count = std::max<double>(1.0, static_cast<double>(end - begin));
      log_expected += std::log(count / static_cast<double>(sorted_[c].size()));
      ++n_known;
    }
    return n_known >= 3 && log_expected < std::log(0.1);
  }

 private:
  const Columns& columns_;
  std::vector<std::vector<double>> sorted_;
};

/// Every row's set of equal rows. Rows that tell nothing are in none.
struct CopySets {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> set_of;  ///< [n_rows]
  std::size_t n_sets = 0;
};

CopySets copy_sets(const Rows& rows) {
  Columns columns;
  for (const auto& column : rows.input.table.numeric) {
    if (is_continuous(column.values)) columns.push_back(&column.values);
  }
  CopySets sets;
  if (columns.size() < 3) return sets;
  const auto keys = hashes(columns, rows.n_rows);
  std::unordered_map<std::uint64_t, std::pair<std::size_t, std::size_t>> first_and_count;
  first_and_count.reserve(rows.n_rows);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    ++first_and_count.try_emplace(keys[row], row, 0).first->second.second;
  }
  if (first_and_count.size() == rows.n_rows) return sets;
  const Frequencies frequencies(rows, columns, keys);
  sets.set_of.assign(rows.n_rows, CopySets::kNone);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    const auto [first, count] = first_and_count.at(keys[row]);
    if (first != row) {
      sets.set_of[row] = sets.set_of[first];
    } else if (count == 1 || frequencies.is_telling(row, rows.n_rows)) {
      sets.set_of[row] = sets.n_sets++;
    }
  }
  return sets;
}

void check_feature_rows(const Rows& rows, const CopySets& sets, std::vector<Finding>& findings) {
  std::vector<bool> fits(sets.n_sets);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!rows.tests[row] && sets.set_of[row] != CopySets::kNone) fits[sets.set_of[row]] = true;
  }
  std::size_t n_shared = 0;
  std::string examples;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!rows.tests[row] || sets.set_of[row] == CopySets::kNone || !fits[sets.set_of[row]]) continue;
    if (++n_shared <= 3) examples += (n_shared == 1 ? "" : ", ") + std::to_string(row + 1);
  }
  if (n_shared == 0) return;
  const double share = static_cast<double>(n_shared) / static_cast<double>(rows.n_tests);
  findings.push_back({Severity::kLeak, AuditRule::kDuplicateOverlap, "feature row",
                      counted(n_shared, "test row") + " (" + percent(share) +
                          ") have the very numbers of a row that trains or validates (data rows " + examples +
                          "): they are the same recording or copies; keep one, or split by what they share"});
}

/// Copies by class.
struct ClassCopies {
  std::size_t n_rows = 0;
  std::size_t n_distinct = 0;
  std::size_t n_tests_shared = 0;  ///< test rows with a copy that trains or validates
  std::size_t n_tests_twice = 0;   ///< test rows with a copy in any part
  double share() const {
    return n_rows == 0 ? 0.0 : 1.0 - static_cast<double>(n_distinct) / static_cast<double>(n_rows);
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
  for (const auto& [key, set] : counts) classes[key % n_classes].n_distinct -= set.n_rows - 1;
  return classes;
}

void check_resampled(const Rows& rows, const CopySets& sets, std::vector<Finding>& findings) {
  constexpr std::size_t kFewRows = 20;
  const auto classes = class_copies(rows, sets);
  const auto by_share = [](const ClassCopies& x, const ClassCopies& y) { return x.share() < y.share(); };
  const auto most = std::max_element(classes.begin(), classes.end(), by_share);
  std::size_t n_present = 0;
  bool equal = true;
  double least = 1.0;
  for (const auto& copies : classes) {
    if (copies.n_rows == 0) continue;
    ++n_present;
    equal = equal && copies.n_rows == most->n_rows;
    least = std::min(least, copies.share());
  }
  if (n_present < 2 || most->n_rows < kFewRows) return;
  const bool balanced = equal && most->share() >= 0.05 && least <= most->share() / 2.0;
  // Natural duplicates strike all classes; a class that is mostly copies beside one with few was drawn again.
  const bool uneven = most->share() >= 0.5 && least <= most->share() / 4.0;
  if (!balanced && !uneven) return;
  // Training rows may be drawn again, after the split.
  if (rows.n_tests > 0 && most->n_tests_twice == 0) return;
  std::size_t n_shared = 0;
  for (const auto& copies : classes) n_shared += copies.n_tests_shared;
  const std::string name = rows.class_name(static_cast<int>(most - classes.begin()));
  std::string detail = percent(most->share()) + " of the rows of class " + name + " are exact copies (" +
                       percent(least) + " where it is least)";
  if (equal) detail += ", and all classes have exactly " + counted(most->n_rows, "row");
  if (n_shared > 0) {
    detail += "; " + counted(n_shared, "test row") + " (" +
              percent(static_cast<double>(n_shared) / static_cast<double>(rows.n_tests)) +
              ") are copies of rows that train or validate";
  }
  detail += ": rare classes were over-sampled before the split; resample training rows only";
  findings.push_back(
      {n_shared > 0 ? Severity::kLeak : Severity::kWarning, AuditRule::kResampledCopies, name, std::move(detail)});
}

}  // namespace

bool is_continuous(const std::vector<double>& values, std::size_t n_few) {
  std::unordered_set<double> seen;
  for (const double value : values) {
    if (std::isfinite(value) && seen.insert(value).second && seen.size() > n_few) return true;
  }
  return false;
}

void check_copies(const Rows& rows, std::vector<Finding>& findings) {
  const CopySets sets = copy_sets(rows);
  if (sets.set_of.empty()) return;
  if (rows.n_tests > 0) check_feature_rows(rows, sets, findings);
  if (!rows.input.targets.empty()) check_resampled(rows, sets, findings);
}

}  // namespace hitscope::models::audit_checks
