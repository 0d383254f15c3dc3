// Columns that give the target away, one at a time.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "models/evaluation/audit_checks.h"
#include "models/evaluation/audit_thirds.h"
#include "models/evaluation/ranking.h"

namespace hitscope::models::evaluation {
namespace {

constexpr double kCopy = 0.95;
/// Limits for the skill at three standard errors below: with too few rows to reach them nothing is proved.
constexpr double kSureCopy = 0.7;
constexpr double kMonotone = 0.99;
/// A majority above this makes the other classes rare.
constexpr double kRare = 0.9;
constexpr double kStrongOrder = 0.9;

Finding certain(const std::string& name) {
  return {Severity::kLeak, AuditRule::kTargetCopy, name,
          quoted(name) + " alone determines the class: all rows with the same value have the same class; it is the " +
              "target or computed from it; leave it out"};
}

std::optional<Finding> of_classes(const std::string& name, const Predictability& p) {
  if (p.skill >= kCopy && p.sure_skill >= kSureCopy) {
    return Finding{Severity::kLeak, AuditRule::kTargetCopy, name,
                   quoted(name) + " alone " + told(p) + ": it is the target or computed from it; leave it out"};
  }
  if (p.is_strong()) {
    return Finding{Severity::kWarning, AuditRule::kStrongFeature, name,
                   quoted(name) + " alone " + told(p) + "; make sure that it is known before the release"};
  }
  return std::nullopt;
}

std::optional<Finding> of_values(const Rows& rows, const std::string& name, std::span<const double> values) {
  const double correlation = rank_correlation(rows, values, rows.input.target_values);
  if (std::abs(correlation) < kStrongOrder) return std::nullopt;
  bool same = true;
  for (std::size_t row = 0; row < rows.n_rows && same; ++row) {
    same = values[row] == rows.input.target_values[row] || std::isnan(values[row]);
  }
  if (same) {
    return Finding{Severity::kLeak, AuditRule::kTargetCopy, name,
                   quoted(name) + " is the target itself, value for value; leave it out"};
  }
  const std::string numbers = " (Spearman " + number(correlation, 4) + ")";
  if (std::abs(correlation) >= kMonotone) {
    return Finding{Severity::kLeak, AuditRule::kMonotoneCopy, name,
                   quoted(name) + " orders the rows as the target does" + numbers +
                       ": it is a function of the target; leave it out"};
  }
  // With classes the skill says how strong it is.
  if (!rows.input.targets.empty()) return std::nullopt;
  return Finding{Severity::kWarning, AuditRule::kStrongFeature, name,
                 quoted(name) + " alone orders the rows nearly as the target does" + numbers +
                     "; make sure that it is known before the release"};
}

/// Texts as numbers ("1,234", "#5") where nearly all are; else nothing.
std::vector<double> as_numbers(const std::vector<std::string>& values) {
  std::vector<double> numbers(values.size(), NAN);
  std::size_t n_texts = 0;
  std::size_t n_numbers = 0;
  std::string digits;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row].empty()) continue;
    ++n_texts;
    digits.clear();
    for (const char c : values[row]) {
      if (c != ',' && c != ' ' && c != '#') digits += c;
    }
    double value = 0.0;
    const auto end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) {
      if (n_texts > 100 && n_numbers * 2 < n_texts) return {};
      continue;
    }
    numbers[row] = value;
    ++n_numbers;
  }
  return n_numbers * 100 >= n_texts * 99 && n_numbers > 0 ? numbers : std::vector<double>{};
}

/// Share of the variance of the other half that a category's mean in one half explains; nothing where most categories
/// are new there: a name of its own for every row says nothing.
double explained(const Rows& rows, const std::vector<std::string>& values) {
  struct Sum {
    double sum = 0.0;
    double n = 0.0;
  };
  std::unordered_map<std::string_view, Sum> means;
  const auto& targets = rows.input.target_values;
  for (std::size_t row = 0; row < rows.n_rows; row += 2) {
    if (values[row].empty() || !std::isfinite(targets[row])) continue;
    Sum& mean = means[values[row]];
    mean.sum += targets[row];
    mean.n += 1.0;
  }
  std::vector<double> seen;
  double residual = 0.0;
  std::size_t n_judged = 0;
  for (std::size_t row = 1; row < rows.n_rows; row += 2) {
    if (!std::isfinite(targets[row])) continue;
    ++n_judged;
    const auto found = means.find(values[row]);
    if (found == means.end()) continue;
    residual += std::pow(targets[row] - found->second.sum / found->second.n, 2);
    seen.push_back(targets[row]);
  }
  if (seen.size() < 10 || seen.size() * 2 < n_judged) return 0.0;
  const double mean = std::accumulate(seen.begin(), seen.end(), 0.0) / static_cast<double>(seen.size());
  double variance = 0.0;
  for (const double value : seen) variance += (value - mean) * (value - mean);
  return variance > 0.0 ? 1.0 - residual / variance : 0.0;
}

std::optional<Finding> of_category(const Rows& rows, const Thirds& thirds, const data::CategoricalColumn& column) {
  if (!rows.input.target_values.empty()) {
    const auto numbers = as_numbers(column.values);
    auto finding = numbers.empty() ? std::nullopt : of_values(rows, column.name, numbers);
    if (finding && finding->severity == Severity::kLeak) return finding;
    const double share = explained(rows, column.values);
    if (share >= 0.999) {
      return Finding{Severity::kLeak, AuditRule::kMonotoneCopy, column.name,
                     quoted(column.name) + " determines the target (" + percent(share) +
                         " of its variance): it is computed from the target; leave it out"};
    }
    if (finding) return finding;
  }
  if (rows.input.targets.empty()) return thirds.told_by(column.name, column.values);
  if (determines_class(rows, column.values)) return certain(column.name);
  return of_classes(column.name, predictability(rows, column.values));
}

/// A copy may miss a few of a rare class's rows where its threshold was fitted on few; their order it has nonetheless.
std::optional<Finding> of_rare_class(const Rows& rows, const data::NumericColumn& column) {
  constexpr std::size_t kFewest = 20;
  constexpr double kSeparates = 0.999;
  for (int c = 0; c < rows.input.n_classes; ++c) {
    std::vector<bool> positive;
    std::vector<double> scores;
    std::size_t n_positive = 0;
    for (std::size_t row = 0; row < rows.n_rows; ++row) {
      if (std::isnan(column.values[row])) continue;
      positive.push_back(rows.input.targets[row] == c);
      scores.push_back(column.values[row]);
      n_positive += positive.back() ? 1 : 0;
    }
    if (n_positive < kFewest || n_positive + kFewest > scores.size()) continue;
    const double auc = roc_auc(positive, scores);
    if (std::max(auc, 1.0 - auc) < kSeparates) continue;
    return Finding{Severity::kLeak, AuditRule::kTargetCopy, column.name,
                   quoted(column.name) + " alone separates class " + rows.class_name(c) + " from the others (AUC " +
                       number(auc, 4) + "): it is the target or computed from it; leave it out"};
  }
  return std::nullopt;
}

std::optional<Finding> of_number(const Rows& rows, const Thirds& thirds, const data::NumericColumn& column) {
  if (!rows.input.target_values.empty()) {
    if (auto finding = of_values(rows, column.name, column.values)) return finding;
  }
  if (rows.input.targets.empty()) return thirds.told_by(column.name, column.values);
  if (determines_class(rows, column.values)) return certain(column.name);
  const Predictability p = predictability(rows, column.values, false);
  auto finding = of_classes(column.name, p);
  if (p.majority > kRare && (!finding || finding->severity != Severity::kLeak)) {
    if (auto copy = of_rare_class(rows, column)) return copy;
  }
  return finding;
}

}  // namespace

double rank_correlation(const Rows& rows, std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kMostRows = 100'000;
  constexpr std::size_t kFewRows = 10;
  const double share = std::min(1.0, static_cast<double>(kMostRows) / static_cast<double>(rows.n_rows));
  const auto limit = static_cast<std::uint64_t>(share * 9.2e18);
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (!std::isfinite(a[row]) || !std::isfinite(b[row]) || rows.order(row) >> 1 > limit) continue;
    x.push_back(a[row]);
    y.push_back(b[row]);
  }
  if (x.size() < kFewRows) return 0.0;
  const double correlation = spearman(x, y);
  return std::isnan(correlation) ? 0.0 : correlation;
}

void check_features(const Rows& rows, std::vector<Finding>& findings) {
  const data::FeatureTable& table = rows.input.table;
  if (rows.n_rows == 0) return;
  const std::size_t n_numeric = table.numeric.size();
  const Thirds thirds(rows);
  std::vector<std::optional<Finding>> found(n_numeric + table.categorical.size());
  for_each_index(found.size(), [&](std::size_t i) {
    found[i] = i < n_numeric ? of_number(rows, thirds, table.numeric[i])
                             : of_category(rows, thirds, table.categorical[i - n_numeric]);
  });
  for (auto& finding : found) {
    if (finding) findings.push_back(std::move(*finding));
  }
}

}  // namespace hitscope::models::evaluation
