#include "models/data/targets.h"

#include <algorithm>
#include <cmath>

#include "models/data/quantile.h"

namespace hitscope::models::data {

std::span<const int> labels_of(const Targets& targets) {
  const auto* classes = std::get_if<Classes>(&targets);
  return classes == nullptr ? std::span<const int>() : classes->labels;
}

int n_classes_of(const Targets& targets) {
  const auto* classes = std::get_if<Classes>(&targets);
  return classes == nullptr ? 0 : classes->n_classes;
}

std::size_t n_rows_of(const Targets& targets) {
  const auto* values = std::get_if<Values>(&targets);
  return values == nullptr ? labels_of(targets).size() : values->values.size();
}

Targets of_rows(const Targets& targets, std::span<const std::size_t> rows) {
  if (const auto* values = std::get_if<Values>(&targets)) return Values{of_rows(values->values, rows)};
  const auto& classes = std::get<Classes>(targets);
  return Classes{of_rows(classes.labels, rows), classes.n_classes};
}

namespace {

constexpr int kMostBins = 10;

/// Lower edges of the bins but the first; few distinct values are a bin each, so that a rare one is balanced too.
std::vector<double> bin_edges(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  std::vector<double> edges;
  std::unique_copy(values.begin(), values.end(), std::back_inserter(edges));
  if (edges.size() > kMostBins) {
    edges.assign(1, values.front());
    for (int i = 1; i < kMostBins; ++i) edges.push_back(quantile(values, static_cast<double>(i) / kMostBins));
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  edges.erase(edges.begin());
  return edges;
}

std::vector<int> number_bins(const std::vector<double>& numbers) {
  std::vector<double> values;
  std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(values), [](double x) { return std::isfinite(x); });
  const std::vector<double> edges = bin_edges(std::move(values));
  std::vector<int> strata;
  strata.reserve(numbers.size());
  for (const double x : numbers) {
    const auto bin = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
    strata.push_back(std::isfinite(x) ? static_cast<int>(bin) : -1);
  }
  return strata;
}

}  // namespace

std::vector<int> strata_of(const RawTargets& targets) {
  if (targets.is_numeric()) return number_bins(targets.numbers);
  std::vector<std::string> distinct = targets.texts;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (!distinct.empty() && distinct.front().empty()) distinct.erase(distinct.begin());
  std::vector<int> strata;
  strata.reserve(targets.texts.size());
  for (const std::string& text : targets.texts) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), text);
    strata.push_back(text.empty() ? -1 : static_cast<int>(found - distinct.begin()));
  }
  return strata;
}

}  // namespace hitscope::models::data
