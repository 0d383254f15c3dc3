#include "models/evaluation/audit_thirds.h"

#include <algorithm>
#include <cmath>

namespace hitscope::models::evaluation {

Thirds::Thirds(const Rows& rows) : input_(rows.input) {
  const auto& targets = rows.input.target_values;
  std::vector<double> sorted(targets.begin(), targets.end());
  std::erase_if(sorted, [](double value) { return std::isnan(value); });
  if (!rows.input.targets.empty() || sorted.empty()) return;
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[sorted.size() / 3];
  const double high = sorted[2 * sorted.size() / 3];
  for (const double target : targets) thirds_.push_back((target >= low ? 1 : 0) + (target >= high ? 1 : 0));
  input_.targets = thirds_;
  input_.n_classes = 3;
  rows_.emplace(Rows{input_, rows.n_rows, rows.tests, rows.n_tests});
}

std::string Thirds::told_by_number(const std::vector<double>& numbers) const {
  if (!rows_) return "";
  const Predictability p = predictability(*rows_, numbers, true);
  return p.is_strong() ? words(p) : "";
}

std::string Thirds::words(const Predictability& p) {
  return "tells the third of the target for " + percent(p.accuracy) +
         " of rows (always the same third: " + percent(p.majority) + ")";
}

}  // namespace hitscope::models::evaluation
