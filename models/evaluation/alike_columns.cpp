#include "models/evaluation/alike_columns.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "models/evaluation/ranking.h"

namespace hitscope::models::evaluation {
namespace {

constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kMostRows = 2000;
constexpr std::size_t kRowsForAValue = 10;
constexpr double kLeastCorrelation = 0.9;
constexpr double kLeastInformation = 0.8;
constexpr int kMissing = -1;

struct Column {
  std::string name;
  std::vector<double> numbers;               ///< of numeric columns, NaN where missing
  std::optional<std::vector<int>> values{};  ///< the number of each value, where there are few
};

bool is_missing(double value) {
  return std::isnan(value);
}
bool is_missing(const std::string& value) {
  return value.empty();
}

/// The values of `rows` as numbers from 0; nullopt where there are too many of them.
template <typename T>
std::optional<std::vector<int>> coded(const std::vector<T>& values, std::span<const std::size_t> rows) {
  std::map<T, int> numbers;
  std::vector<int> codes;
  std::size_t n_known = 0;
  for (const std::size_t row : rows) {
    const T& value = values[row];
    codes.push_back(is_missing(value) ? kMissing
                                      : numbers.emplace(value, static_cast<int>(numbers.size())).first->second);
    n_known += is_missing(value) ? 0 : 1;
  }
  if (numbers.size() * kRowsForAValue > n_known) return std::nullopt;
  return codes;
}

double entropy(const std::vector<std::size_t>& counts) {
  const auto n = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  double sum = 0.0;
  for (const std::size_t count : counts) {
    if (count > 0) sum -= static_cast<double>(count) / n * std::log(static_cast<double>(count) / n);
  }
  return sum;
}

/// The larger of the shares of one's information that the other gives; 0 where one of them is constant, or they have
/// too few rows in common.
double theils_u(const std::vector<int>& a, const std::vector<int>& b) {
  std::map<int, std::size_t> of_a;
  std::map<int, std::size_t> of_b;
  std::map<std::pair<int, int>, std::size_t> of_both;
  std::size_t n_common = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == kMissing || b[i] == kMissing) continue;
    ++n_common;
    ++of_a[a[i]];
    ++of_b[b[i]];
    ++of_both[{a[i], b[i]}];
  }
  if (std::max(of_a.size(), of_b.size()) * kRowsForAValue > n_common) return 0.0;
  const auto entropy_of = [](const auto& counts) {
    std::vector<std::size_t> all;
    all.reserve(counts.size());
    for (const auto& [value, count] : counts) all.push_back(count);
    return all.empty() ? 0.0 : entropy(all);
  };
  const double least = std::min(entropy_of(of_a), entropy_of(of_b));
  return least > 0.0 ? (entropy_of(of_a) + entropy_of(of_b) - entropy_of(of_both)) / least : 0.0;
}

bool are_alike(const Column& a, const Column& b) {
  if (a.values && b.values && theils_u(*a.values, *b.values) >= kLeastInformation) return true;
  if (a.numbers.empty() || b.numbers.empty()) return false;
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < a.numbers.size(); ++i) {
    if (std::isnan(a.numbers[i]) || std::isnan(b.numbers[i])) continue;
    x.push_back(a.numbers[i]);
    y.push_back(b.numbers[i]);
  }
  return 2 * x.size() >= a.numbers.size() && std::abs(spearman(x, y)) >= kLeastCorrelation;
}

std::vector<Column> columns_of(const data::FeatureTable& table, std::span<const std::size_t> rows) {
  std::vector<Column> columns;
  for (const data::NumericColumn& c : table.numeric) {
    std::vector<double> numbers;
    for (const std::size_t row : rows) numbers.push_back(c.values[row]);
    columns.push_back({c.name, std::move(numbers), coded(c.values, rows)});
  }
  for (const data::CategoricalColumn& c : table.categorical) columns.push_back({c.name, {}, coded(c.values, rows)});
  return columns;
}

}  // namespace

std::vector<std::vector<std::string>> alike_columns(const data::FeatureTable& table,
                                                    std::span<const std::size_t> rows) {
  if (table.numeric.size() + table.categorical.size() > kMostColumns) return {};
  std::vector<std::size_t> used;
  const std::size_t n = std::min(rows.size(), kMostRows);
  for (std::size_t i = 0; i < n; ++i) used.push_back(rows[i * rows.size() / n]);
  const std::vector<Column> columns = columns_of(table, used);
  std::vector<std::size_t> group(columns.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (group[a] == group[b] || !are_alike(columns[a], columns[b])) continue;
      std::replace(group.begin(), group.end(), std::max(group[a], group[b]), std::min(group[a], group[b]));
    }
  }
  std::map<std::size_t, std::vector<std::string>> groups;
  for (std::size_t c = 0; c < columns.size(); ++c) groups[group[c]].push_back(columns[c].name);
  std::vector<std::vector<std::string>> result;
  for (auto& [first, names] : groups) {
    if (names.size() > 1) result.push_back(std::move(names));
  }
  return result;
}

}  // namespace hitscope::models::evaluation
