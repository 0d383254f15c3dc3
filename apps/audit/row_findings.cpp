#include "apps/audit/row_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace hitscope::apps::audit {

using ingest::tables::Predictions;
using ingest::tables::rows_of;
using models::evaluation::Finding;
using models::evaluation::Severity;

void add_row_findings(std::vector<Finding>& findings, const Predictions& p) {
  std::unordered_set<std::string_view> seen;
  std::size_t n_repeated = 0;
  for (const std::string& id : p.ids) n_repeated += !id.empty() && !seen.insert(id).second ? 1 : 0;
  if (n_repeated > 0) {
    findings.push_back({Severity::kLeak, models::evaluation::AuditRule::kResampledCopies, "id",
                        fmt::format("{} repeat an id of an earlier row: the test rows were resampled, or hold copies "
                                    "of training rows",
                                    rows_of(n_repeated))});
  }
  std::vector<std::size_t> counts(p.class_names.size(), 0);
  for (const int target : p.targets) ++counts[static_cast<std::size_t>(target)];
  std::erase(counts, 0);
  const bool equal =
      counts.size() > 1 && std::adjacent_find(counts.begin(), counts.end(), std::not_equal_to<>()) == counts.end();
  if (equal && counts.front() >= 50) {
    findings.push_back({Severity::kWarning, models::evaluation::AuditRule::kResampledCopies, "y_true",
                        fmt::format("all {} classes have exactly {}, as after over-sampling; check that the test rows "
                                    "were not resampled",
                                    counts.size(), rows_of(counts.front()))});
  }
}

}  // namespace hitscope::apps::audit
