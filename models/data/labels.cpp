#include "models/data/labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

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

/// Training values in rising order, those that are numbers.
std::vector<double> sorted_values(const RawTargets& targets, std::span<const std::size_t> rows) {
  std::vector<double> values;
  for (const std::size_t row : rows) {
    if (std::isfinite(targets.numbers.at(row))) values.push_back(targets.numbers[row]);
  }
  if (values.empty()) throw std::invalid_argument("the target column has no value in any training row");
  std::sort(values.begin(), values.end());
  return values;
}

/// Every class has training values below its upper edge only if edges rise from above the least value.
bool part_values(const std::vector<double>& edges, std::span<const double> sorted) {
  double last = sorted.front();
  for (const double edge : edges) {
    if (!(edge > last) || !std::isfinite(edge)) return false;
    last = edge;
  }
  return true;
}

void check_edges(const LabelConfig& config, const std::vector<double>& edges, std::span<const double> sorted) {
  if (part_values(edges, sorted)) return;
  if (!std::all_of(edges.begin(), edges.end(), [](double edge) { return std::isfinite(edge); })) {
    throw std::invalid_argument("labels " + to_string(config) + ": from " + number_text(sorted.front()) + " to " +
                                number_text(sorted.back()) + " is further than a number can say");
  }
  double repeated = sorted.front();
  for (const double edge : edges) {
    if (!(edge > repeated)) break;
    repeated = edge;
  }
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), repeated);
  throw std::invalid_argument("labels " + to_string(config) + ": edges coincide at " + number_text(repeated) +
                              ", the value of " + std::to_string(last - first) + " of " +
                              std::to_string(sorted.size()) +
                              " training rows, so that a class would be empty; use fewer classes, or thresholds of "
                              "your own");
}

std::vector<double> percentiles(const std::vector<double>& percents, std::span<const double> sorted) {
  std::vector<double> edges;
  for (const double percent : percents) edges.push_back(quantile(sorted, percent / 100.0));
  return edges;
}

/// numpy.linspace(from, to, n + 1)[1:-1], digit by digit.
std::vector<double> inner_linspace(double from, double to, int n) {
  const double step = (to - from) / n;
  std::vector<double> places;
  for (int i = 1; i < n; ++i) places.push_back(i * step + from);
  return places;
}

/// Edges of all training rows, for the kinds that learn some.
std::vector<double> learned_edges(const LabelConfig& config, std::span<const double> sorted) {
  switch (config.kind) {
    case LabelKind::kEqualWidth:
      return inner_linspace(sorted.front(), sorted.back(), config.n_classes);
    case LabelKind::kQuantiles: {
      std::vector<double> edges = inner_linspace(0.0, 1.0, config.n_classes);
      for (double& edge : edges) edge = quantile(sorted, edge);
      return edges;
    }
    case LabelKind::kTopPercent:
      return percentiles({100.0 - config.percent}, sorted);
    case LabelKind::kMedian: {
      const double median = quantile(sorted, 0.5);
      if (median < sorted.back()) return {median};
      throw std::invalid_argument("labels median: no training value is over the median, " + number_text(median) +
                                  "; use thresholds of your own");
    }
    default:
      return percentiles(config.edges, sorted);
  }
}

std::map<std::string, std::vector<double>> edges_by_group(const LabelConfig& config, const RawTargets& targets,
                                                          std::span<const std::size_t> rows) {
  if (config.group_column.empty()) return {};
  if (targets.groups.size() != targets.n_rows()) {
    throw std::invalid_argument("labels " + to_string(config) + " need a value of " + config.group_column +
                                " in every row; there are " + std::to_string(targets.groups.size()) + " of " +
                                std::to_string(targets.n_rows()));
  }
  std::map<std::string, std::vector<double>> values;
  for (const std::size_t row : rows) {
    const bool counts = std::isfinite(targets.numbers[row]) && !targets.groups[row].empty();
    if (counts) values[targets.groups[row]].push_back(targets.numbers[row]);
  }
  std::map<std::string, std::vector<double>> edges;
  for (auto& [group, members] : values) {
    if (members.size() < kLeastGroupRows) continue;
    std::sort(members.begin(), members.end());
    std::vector<double> own = percentiles(config.edges, members);
    if (part_values(own, members)) edges.emplace(group, std::move(own));
  }
  return edges;
}

void check_count(std::size_t n, const char* what) {
  if (n >= 2 && n <= kMostClasses) return;
  throw std::invalid_argument("the target column has " + std::to_string(n) + " distinct " + what +
                              "; a categorical target needs 2 to 101");
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

/// Classes of the texts that are there; a class of the table that no row has is none.
Names mapped_classes(const LabelConfig& config, const RawTargets& targets) {
  std::set<std::string> distinct;
  for (std::size_t row = 0; row < targets.n_rows(); ++row) {
    const auto found = config.mapping.find(text_of(targets, row));
    if (found != config.mapping.end()) distinct.insert(found->second);
  }
  check_count(distinct.size(), "classes by the given table");
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
      throw std::invalid_argument("labels " + to_string(config) +
                                  " need numbers, but the target column is text; use categories or map:FILE");
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
