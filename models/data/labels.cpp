#include "models/data/labels.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

#include "models/data/label_edges.h"
#include "models/data/quantile.h"

namespace hitscope::models::data {
namespace {

using Names = std::vector<std::string>;
constexpr std::size_t kMostClasses = 101;
constexpr int kMostStrata = 20;  // more classes are balanced by deciles

Names ordered_names(std::size_t n_classes) {
  if (n_classes == 2) return {"low", "high"};
  if (n_classes == 3) return {"low", "medium", "high"};
  Names names;
  for (std::size_t i = 0; i < n_classes; ++i) names.push_back("bin-" + std::to_string(i));
  return names;
}

void check_count(std::size_t n, const char* what) {
  if (n >= 2 && n <= kMostClasses) return;
  throw std::invalid_argument("the target column has " + std::to_string(n) + " distinct " + what +
                              "; labels by category need 2 to 101");
}

std::vector<double> distinct_numbers(const RawTargets& targets) {
  std::set<double> distinct;
  for (const double value : targets.numbers) {
    if (std::isfinite(value)) distinct.insert(value);
  }
  return {distinct.begin(), distinct.end()};
}

std::string text_of(const RawTargets& targets, std::size_t row) {
  if (!targets.is_numeric()) return targets.texts.at(row);
  const double value = targets.numbers.at(row);
  return std::isfinite(value) ? number_text(value) : "";
}

/// The classes of the texts that occur; a class of the mapping without rows is left out.
Names mapped_classes(const LabelConfig& config, const RawTargets& targets) {
  std::set<std::string> distinct;
  for (std::size_t row = 0; row < targets.n_rows(); ++row) {
    const auto found = config.mapping.find(text_of(targets, row));
    if (found != config.mapping.end()) distinct.insert(found->second);
  }
  check_count(distinct.size(), "classes in the given mapping");
  return {distinct.begin(), distinct.end()};
}

Names text_categories(const RawTargets& targets) {
  std::set<std::string> distinct(targets.texts.begin(), targets.texts.end());
  distinct.erase("");
  check_count(distinct.size(), "values");
  return {distinct.begin(), distinct.end()};
}

bool needs_numbers(LabelKind kind) {
  return kind != LabelKind::kMapping && kind != LabelKind::kCategories;
}

std::optional<int> place_of(const Names& names, const std::string& name) {
  const auto found = std::lower_bound(names.begin(), names.end(), name);
  if (found == names.end() || *found != name) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

int edges_up_to(const std::vector<double>& edges, double value) {
  return static_cast<int>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
}

}  // namespace

LabelScheme LabelScheme::fit(const LabelConfig& config, const RawTargets& targets, const TrainingFold& fold) {
  return fit_on(config, targets, fold.train_rows());
}

std::vector<int> LabelScheme::strata(const LabelConfig& config, const RawTargets& targets) {
  std::vector<std::size_t> rows(targets.n_rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  try {
    const LabelScheme scheme = fit_on(config, targets, rows);
    if (scheme.is_regression() || scheme.n_classes() > kMostStrata) return strata_of(targets);
    std::vector<int> strata;
    strata.reserve(rows.size());
    for (const std::size_t row : rows) strata.push_back(scheme.label(targets, row).value_or(-1));
    return strata;
  } catch (const std::invalid_argument&) {  // what is wrong is said when the labels are learned
    return strata_of(targets);
  }
}

LabelScheme LabelScheme::fit_on(const LabelConfig& config, const RawTargets& targets,
                                std::span<const std::size_t> rows) {
  config.validate();
  LabelScheme scheme;
  scheme.config_ = config;
  if (needs_numbers(config.kind)) {
    if (!targets.is_numeric()) {
      throw std::invalid_argument("`labels` " + to_string(config) +
                                  " needs numbers, but the target column holds texts; use categories or map:FILE");
    }
    scheme.fit_numbers(targets, rows);
  } else if (config.kind == LabelKind::kMapping) {
    scheme.class_names_ = mapped_classes(config, targets);
  } else if (targets.is_numeric()) {
    scheme.edges_ = distinct_numbers(targets);
    check_count(scheme.edges_.size(), "values");
    for (const double value : scheme.edges_) scheme.class_names_.push_back(number_text(value));
  } else {
    scheme.class_names_ = text_categories(targets);
  }
  return scheme;
}

void LabelScheme::fit_numbers(const RawTargets& targets, std::span<const std::size_t> rows) {
  const std::vector<double> sorted = sorted_values(targets, rows);
  if (config_.kind == LabelKind::kRegression) return;
  if (config_.kind == LabelKind::kPopularityClasses) {
    for (int i = 0; i <= 100; ++i) class_names_.push_back(std::to_string(i));
    return;
  }
  if (config_.kind == LabelKind::kPercentile) {
    fit_percentiles(sorted);
    return;
  }
  if (config_.kind == LabelKind::kThresholds) {
    edges_ = config_.edges;
  } else {
    edges_ = learned_edges(config_, sorted);
    if (config_.kind != LabelKind::kMedian) check_edges(config_, edges_, sorted);
    if (config_.kind == LabelKind::kGroupPercentiles) group_edges_ = edges_by_group(config_, targets, rows);
  }
  class_names_ = ordered_names(edges_.size() + 1);
}

/// The distinct ones of 101 quantiles, each with the mean of its places.
void LabelScheme::fit_percentiles(const std::vector<double>& sorted) {
  std::vector<double> counts;
  for (int percent = 0; percent <= 100; ++percent) {
    const double value = quantile(sorted, percent / 100.0);
    if (edges_.empty() || value > edges_.back()) {
      edges_.push_back(value);
      percentiles_.push_back(0.0);
      counts.push_back(0.0);
    }
    percentiles_.back() += percent;
    counts.back() += 1.0;
  }
  for (std::size_t i = 0; i < counts.size(); ++i) percentiles_[i] /= counts[i];
}

double LabelScheme::value(const RawTargets& targets, std::size_t row) const {
  const double value = targets.numbers.at(row);
  if (config_.kind != LabelKind::kPercentile || !std::isfinite(value)) return value;
  const auto above = std::upper_bound(edges_.begin(), edges_.end(), value);
  if (above == edges_.begin()) return percentiles_.front();
  if (above == edges_.end()) return percentiles_.back();
  const auto i = static_cast<std::size_t>(above - edges_.begin());
  const double share = (value - edges_[i - 1]) / (edges_[i] - edges_[i - 1]);
  return percentiles_[i - 1] + share * (percentiles_[i] - percentiles_[i - 1]);
}

std::optional<int> LabelScheme::label(const RawTargets& targets, std::size_t row) const {
  if (config_.kind == LabelKind::kMapping) {
    const auto found = config_.mapping.find(text_of(targets, row));
    return found == config_.mapping.end() ? std::nullopt : place_of(class_names_, found->second);
  }
  if (config_.kind == LabelKind::kCategories && edges_.empty()) return place_of(class_names_, text_of(targets, row));
  if (!targets.is_numeric()) return std::nullopt;
  const double value = targets.numbers.at(row);
  if (!std::isfinite(value)) return std::nullopt;
  switch (config_.kind) {
    case LabelKind::kRegression:
    case LabelKind::kPercentile:
      return std::nullopt;
    case LabelKind::kPopularityClasses:
      if (value < 0.0 || value > 100.0) return std::nullopt;
      return static_cast<int>(std::lround(value));
    case LabelKind::kMedian:
      return value > edges_[0] ? 1 : 0;
    case LabelKind::kCategories: {
      const int place = edges_up_to(edges_, value) - 1;
      return place >= 0 && edges_[place] == value ? std::optional(place) : std::nullopt;
    }
    default:
      break;
  }
  if (group_edges_.empty() || targets.groups.empty()) return edges_up_to(edges_, value);
  const auto group = group_edges_.find(targets.groups.at(row));
  return edges_up_to(group == group_edges_.end() ? edges_ : group->second, value);
}

bool LabelScheme::is_ordered() const {
  if (config_.kind == LabelKind::kCategories) return !edges_.empty();
  return config_.kind != LabelKind::kMapping;
}

}  // namespace hitscope::models::data
