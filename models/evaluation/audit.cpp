#include "models/evaluation/audit.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <tuple>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {

std::string number(double value, int decimals) {
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  std::string result = text;
  if (result.find('.') == std::string::npos) return result;
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result == "-0" ? "0" : result;
}

std::string percent(double share) {
  if (share > 0.0 && share < 0.001) return "< 0.1 %";
  if (share < 1.0 && share > 0.999) return "> 99.9 %";
  const bool fine = share < 0.1 || share > 0.99;
  return number(100.0 * share, fine ? 1 : 0) + " %";
}

std::string counted(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return names.size() > kMost ? text + " and " + std::to_string(names.size() - kMost) + " more" : text;
}

namespace {
/// One test row in 200: an accuracy moves by half a per cent at most.
constexpr double kFew = 0.005;
}  // namespace

Severity graded(double share_of_tests) {
  return share_of_tests < kFew ? Severity::kWarning : Severity::kLeak;
}

std::string share_told(double share_of_tests) {
  const bool few = graded(share_of_tests) == Severity::kWarning;
  return "(" + percent(share_of_tests) + (few ? ", too few to change an accuracy by more than that)" : ")");
}

namespace {

void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

void require_length(std::size_t got, std::size_t n_rows, const std::string& name, bool may_be_empty) {
  require(got == n_rows || (may_be_empty && got == 0),
          name + " has " + std::to_string(got) + " values; it must have one per row, " + std::to_string(n_rows));
}

std::size_t length_of(const AuditInput& input) {
  if (!input.table.numeric.empty()) return input.table.numeric.front().values.size();
  if (!input.table.categorical.empty()) return input.table.categorical.front().values.size();
  if (input.split != nullptr) return input.split->n_rows();
  return std::max(input.targets.size(), input.target_values.size());
}

Rows checked_rows(const AuditInput& input) {
  Rows rows{input, length_of(input), {}, 0};
  for (const auto& column : input.table.numeric) require_length(column.values.size(), rows.n_rows, column.name, false);
  for (const auto& column : input.table.categorical) {
    require_length(column.values.size(), rows.n_rows, column.name, false);
  }
  require_length(input.targets.size(), rows.n_rows, "targets", true);
  require_length(input.target_values.size(), rows.n_rows, "target_values", true);
  require_length(input.groups.size(), rows.n_rows, "groups", true);
  require_length(input.credits.size(), rows.n_rows, "credits", true);
  require_length(input.row_numbers.size(), rows.n_rows, "row_numbers", true);
  for (const auto& key : input.identities) require_length(key.keys.size(), rows.n_rows, "identity " + key.name, true);
  for (const int target : input.targets) {
    require(target >= 0 && target < input.n_classes,
            "targets hold " + std::to_string(target) + "; they must be 0.." + std::to_string(input.n_classes - 1));
  }
  if (input.split == nullptr) return rows;
  require_length(input.split->n_rows(), rows.n_rows, "split", false);
  rows.tests.resize(rows.n_rows);
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    rows.tests[row] = input.split->part(row) == data::Part::kTest;
    rows.n_tests += rows.tests[row] ? 1 : 0;
  }
  return rows;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kLeak:
      return "leak";
  }
  return "";
}

std::string_view to_string(AuditRule rule) {
  switch (rule) {
    case AuditRule::kTargetCopy:
      return "target-copy";
    case AuditRule::kMonotoneCopy:
      return "monotone-copy";
    case AuditRule::kStrongFeature:
      return "strong-feature";
    case AuditRule::kPostOutcome:
      return "post-outcome";
    case AuditRule::kRowOrder:
      return "row-order";
    case AuditRule::kGroupOverlap:
      return "group-overlap";
    case AuditRule::kDuplicateOverlap:
      return "duplicate-overlap";
    case AuditRule::kResampledCopies:
      return "resampled-copies";
    case AuditRule::kInterpolatedRows:
      return "interpolated-rows";
    case AuditRule::kScaledOnAllRows:
      return "scaled-on-all-rows";
    case AuditRule::kMajorityPredictor:
      return "majority-predictor";
    case AuditRule::kMissingClass:
      return "missing-class";
    case AuditRule::kSampledByColumn:
      return "sampled-by-column";
    case AuditRule::kUnknownGroups:
      return "unknown-groups";
  }
  return "";
}

std::vector<Finding> audit(const AuditInput& input) {
  const Rows rows = checked_rows(input);
  std::vector<Finding> findings;
  check_features(rows, findings);
  check_names(rows, findings);
  check_row_order(rows, findings);
  check_sampling(rows, findings);
  check_overlap(rows, findings);
  check_credits(rows, findings);
  check_copies(rows, findings);
  check_interpolation(rows, findings);
  check_scaling(rows, findings);
  check_classes(rows, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& x, const Finding& y) {
    return std::tuple(y.severity, x.rule, std::string_view(x.subject)) <
           std::tuple(x.severity, y.rule, std::string_view(y.subject));
  });
  return findings;
}

std::vector<Finding> audit_predictions(std::span<const int> targets, std::span<const int> predicted, int majority,
                                       std::span<const std::string> class_names, std::string_view head) {
  require_length(predicted.size(), targets.size(), "predicted", false);
  // A head that is right may well say the same of a handful of rows.
  constexpr std::size_t kFewRows = 10;
  const std::size_t n = targets.size();
  if (n < kFewRows) return {};
  const auto share = [n](auto count) { return static_cast<double>(count) / static_cast<double>(n); };
  std::size_t n_right = 0;
  for (std::size_t i = 0; i < n; ++i) n_right += targets[i] == predicted[i] ? 1 : 0;
  if (n_right == n) return {};
  const auto n_majority = static_cast<std::size_t>(std::count(targets.begin(), targets.end(), majority));
  const auto name = [&](int c) {
    const auto i = static_cast<std::size_t>(c);
    return "'" + (c >= 0 && i < class_names.size() ? class_names[i] : std::to_string(c)) + "'";
  };
  const std::string scores = percent(share(n_right)) + " of " + counted(n, "test row") + " right";
  if (std::all_of(predicted.begin(), predicted.end(), [&](int c) { return c == predicted[0]; })) {
    const std::string baseline = predicted[0] == majority ? ", like the majority baseline"
                                                          : ", though the majority baseline answers " + name(majority);
    return {{Severity::kWarning, AuditRule::kMajorityPredictor, std::string(head),
             "always answers " + name(predicted[0]) + baseline + " (" + scores + "); its accuracy says nothing"}};
  }
  if (n_right > n_majority) return {};
  return {{Severity::kNote, AuditRule::kMajorityPredictor, std::string(head),
           scores + ", no more than always answering " + name(majority) + " (" + percent(share(n_majority)) +
               "); judge it by balanced accuracy or AUC"}};
}

bool has_leak(std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kLeak; });
}

bool is_clean(std::span<const Finding> findings) {
  return !has_leak(findings) && std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.rule == AuditRule::kUnknownGroups || finding.rule == AuditRule::kSampledByColumn;
  });
}

}  // namespace hitscope::models::evaluation
