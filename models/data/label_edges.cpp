#include "models/data/label_edges.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "models/data/quantile.h"

namespace hitscope::models::data {
namespace {

/// Every class has training values below its upper edge only if edges rise from above the least value.
bool part_values(const std::vector<double>& edges, std::span<const double> sorted) {
  double last = sorted.front();
  for (const double edge : edges) {
    if (!(edge > last) || !std::isfinite(edge)) return false;
    last = edge;
  }
  return true;
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

}  // namespace

std::vector<double> sorted_values(const RawTargets& targets, std::span<const std::size_t> rows) {
  std::vector<double> values;
  for (const std::size_t row : rows) {
    if (std::isfinite(targets.numbers.at(row))) values.push_back(targets.numbers[row]);
  }
  if (values.empty()) throw std::invalid_argument("the target column has no value in any training row");
  std::sort(values.begin(), values.end());
  return values;
}

void check_edges(const LabelConfig& config, const std::vector<double>& edges, std::span<const double> sorted) {
  if (part_values(edges, sorted)) return;
  if (!std::all_of(edges.begin(), edges.end(), [](double edge) { return std::isfinite(edge); })) {
    throw std::invalid_argument("`labels` " + to_string(config) + ": the range from " + number_text(sorted.front()) +
                                " to " + number_text(sorted.back()) + " is too large for a floating-point number");
  }
  double repeated = sorted.front();
  for (const double edge : edges) {
    if (!(edge > repeated)) break;
    repeated = edge;
  }
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), repeated);
  throw std::invalid_argument("`labels` " + to_string(config) + ": a class would be empty, because " +
                              std::to_string(last - first) + " of " + std::to_string(sorted.size()) +
                              " training rows have the value " + number_text(repeated) +
                              "; use fewer classes, or give thresholds");
}

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
      throw std::invalid_argument("`labels` median: no training value is greater than the median, " +
                                  number_text(median) + "; give a threshold instead");
    }
    default:
      return percentiles(config.edges, sorted);
  }
}

std::map<std::string, std::vector<double>> edges_by_group(const LabelConfig& config, const RawTargets& targets,
                                                          std::span<const std::size_t> rows) {
  if (config.group_column.empty()) return {};
  if (targets.groups.size() != targets.n_rows()) {
    throw std::invalid_argument("`labels` " + to_string(config) + " needs a value of " + config.group_column +
                                " in every row; there are " + std::to_string(targets.groups.size()) + " for " +
                                std::to_string(targets.n_rows()) + " rows");
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

}  // namespace hitscope::models::data
