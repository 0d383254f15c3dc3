// Rows whose number says what their target is, and columns that are such a number.
#include <cmath>
#include <numeric>

#include "models/evaluation/audit_checks.h"
#include "models/evaluation/audit_thirds.h"

namespace hitscope::models::evaluation {
namespace {

/// Whether the test rows are one stretch of the table.
bool tests_are_together(const Rows& rows) {
  if (rows.n_tests < 2) return false;
  const auto first = std::find(rows.tests.begin(), rows.tests.end(), true) - rows.tests.begin();
  const auto end = first + static_cast<std::ptrdiff_t>(rows.n_tests);
  return std::all_of(rows.tests.begin() + first, rows.tests.begin() + end, [](bool tests) { return tests; });
}

}  // namespace

void check_row_order(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.n_rows < 10 || !rows.input.has_row_order) return;
  std::vector<double> numbers(rows.n_rows);
  std::iota(numbers.begin(), numbers.end(), 1.0);
  std::string told_by_row;
  if (!rows.input.targets.empty()) {
    const Predictability p = predictability(rows, numbers, true);
    if (p.is_strong()) told_by_row = told(p);
  } else if (!rows.input.target_values.empty()) {
    const double correlation = rank_correlation(rows, numbers, rows.input.target_values);
    told_by_row = std::abs(correlation) >= 0.7 ? "orders the target (Spearman " + number(correlation) + ")"
                                               : Thirds(rows).told_by_number(numbers);
  }
  const auto& columns = rows.input.table.numeric;
  std::vector<double> correlations(columns.size());
  for_each_index(columns.size(),
                 [&](std::size_t i) { correlations[i] = rank_correlation(rows, numbers, columns[i].values); });
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (std::abs(correlations[i]) < 0.999) continue;
    const std::string what =
        quoted(columns[i].name) + " follows the row number (Spearman " + number(correlations[i], 4) + ")";
    findings.push_back(told_by_row.empty()
                           ? Finding{Severity::kWarning, AuditRule::kRowOrder, columns[i].name,
                                     what + ": it is an index, not a feature; leave it out"}
                           : Finding{Severity::kLeak, AuditRule::kRowOrder, columns[i].name,
                                     what + ", and the row number alone " + told_by_row + "; leave it out"});
  }
  if (told_by_row.empty()) return;
  const bool together = tests_are_together(rows);
  findings.push_back({together ? Severity::kLeak : Severity::kWarning, AuditRule::kRowOrder, "row number",
                      "the table is sorted by the target: the row number alone " + told_by_row +
                          (together ? ", and the test rows are one block of the table; split by group or at random"
                                    : "; do not use the row order as a feature or for the split")});
}

}  // namespace hitscope::models::evaluation
