#include "apps/learning/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/pipeline/progress.h"

namespace hitscope::apps {
namespace {

using models::Finding;
using models::Severity;
using nlohmann::ordered_json;

std::size_t count(std::span<const Finding> findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.severity == severity; }));
}

}  // namespace

std::vector<Finding> findings_of(const TrainData& data, const models::Dataset& dataset,
                                 const models::LabelScheme& labels, const models::Split& split, std::uint64_t seed) {
  models::AuditInput input{dataset.table,
                           dataset.targets,
                           dataset.n_classes,
                           data.raw_targets.numbers,
                           &split,
                           data.group_column,
                           {},
                           {},
                           {},
                           labels.class_names(),
                           seed};
  if (!data.group_column.empty()) input.groups = data.groups;
  for (const Identity& identity : data.identities) input.identities.push_back({identity.name, identity.keys});
  for (const auto& column : dataset.table.numeric) input.column_names.push_back(column.name);
  for (const auto& column : dataset.table.categorical) input.column_names.push_back(column.name);
  return models::audit(input);
}

std::vector<std::string> lines_of(std::span<const Finding> findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    const std::string severity(to_string(finding.severity));
    lines.push_back(fmt::format("{} {}, {}: {}", finding.severity == Severity::kLeak ? "LEAK" : severity,
                                to_string(finding.rule), finding.subject, finding.detail));
  }
  return lines;
}

std::vector<std::string> lines_of_folds(std::span<const std::vector<Finding>> folds) {
  std::vector<Finding> distinct;
  std::vector<std::size_t> counts;
  for (const auto& findings : folds) {
    for (const Finding& finding : findings) {
      const auto known = std::find_if(distinct.begin(), distinct.end(), [&](const Finding& other) {
        return other.severity == finding.severity && other.rule == finding.rule && other.subject == finding.subject;
      });
      if (known == distinct.end()) {
        distinct.push_back(finding);
        counts.push_back(1);
      } else {
        ++counts[static_cast<std::size_t>(known - distinct.begin())];
      }
    }
  }
  std::vector<std::string> lines = lines_of(distinct);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i] += fmt::format(" (in {} of {} folds)", counts[i], folds.size());
  }
  return lines;
}

std::string verdict_of(std::span<const Finding> findings) {
  const std::size_t n_leaks = count(findings, Severity::kLeak);
  const std::size_t n_warnings = count(findings, Severity::kWarning);
  if (n_leaks == 0) return fmt::format("verdict: clean: no leak found, {}", count_of(n_warnings, "warning"));
  return fmt::format("verdict: NOT CLEAN: {}, {}; scores on these test rows say more than they mean",
                     count_of(n_leaks, "leak"), count_of(n_warnings, "warning"));
}

std::string findings_json(std::span<const Finding> findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"severity", to_string(finding.severity)},
                    {"rule", to_string(finding.rule)},
                    {"subject", finding.subject},
                    {"detail", finding.detail}});
  }
  const ordered_json j{{"format_version", 1},
                       {"clean", models::is_clean(findings)},
                       {"n_leaks", count(findings, Severity::kLeak)},
                       {"n_warnings", count(findings, Severity::kWarning)},
                       {"findings", list}};
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace hitscope::apps
