// Feature rows that are there more than once: the same clip on both sides of the split.
//
// Equal rows are natural where columns have few values. A row counts only where three columns with many values are
// known, and where chance would hardly bring the same values together twice.
#include <bit>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
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

/// The frequencies of values among different rows, so that copies do not make their own values look common.
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
    if (rows.fits(row) && sets.set_of[row] != CopySets::kNone) fits[sets.set_of[row]] = true;
  }
  std::size_t n_shared = 0;
  std::string examples;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!rows.tests[row] || sets.set_of[row] == CopySets::kNone || !fits[sets.set_of[row]]) continue;
    if (++n_shared <= 3) examples += (n_shared == 1 ? "" : ", ") + std::to_string(rows.number(row));
  }
  if (n_shared == 0) return;
  const double share = rows.share_of_tests(n_shared);
  const std::string mend = rows.input.mend_copies.empty() ? "keep one of each, or split by what they have in common"
                                                          : rows.input.mend_copies;
  findings.push_back({graded(share), AuditRule::kDuplicateOverlap, "feature row",
                      counted(n_shared, "test row") + " " + share_told(share) + (n_shared == 1 ? " has" : " have") +
                          " exactly the numbers of a training or validation row (" +
                          (rows.input.row_numbers.empty() ? "data rows " : "rows ") + examples +
                          "): they are the same recording or copies; " + mend});
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

}  // namespace hitscope::models::evaluation
