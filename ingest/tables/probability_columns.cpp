#include "ingest/tables/probability_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "ingest/input_error.h"
#include "ingest/tables/blanks.h"
#include "ingest/tables/number_format.h"

namespace hitscope::ingest::tables {
namespace {

constexpr std::array<std::string_view, 6> kPrefixes{"proba_", "prob_", "p_", "probability_", "predict_proba_", ""};

/// Places of the columns "PREFIX CLASS", for each class of the truth and for others behind the same prefix.
std::vector<std::size_t> columns_with(const TextTable& table, std::size_t truth, std::string_view prefix,
                                      const std::set<std::string_view>& classes) {
  std::vector<std::size_t> places;
  std::size_t n_true = 0;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const std::string_view name = table.header[c];
    if (c == truth || !name.starts_with(prefix)) continue;
    const bool is_true = classes.contains(name.substr(prefix.size()));
    n_true += is_true;
    if (is_true || !prefix.empty()) places.push_back(c);  // a class that no row has, too
  }
  return n_true == classes.size() && places.size() > 1 ? places : std::vector<std::size_t>();
}

double probability_at(const TextTable& table, std::size_t column, std::size_t row) {
  const std::string_view cell = without_blanks(table.columns[column].at(row));
  const auto value = parse_number(cell, {});
  if (value && *value >= 0.0 && *value <= 1.0) return *value;
  throw InputError(fmt::format("{} row {}: {} is '{}'; a probability must be from 0 to 1", table.name,
                               table.numbers[row], table.header[column], cell));
}

}  // namespace

std::optional<ClassProbabilities> find_class_probabilities(const TextTable& table, std::size_t truth) {
  constexpr std::size_t kMostClasses = 5000;
  std::set<std::string_view> classes;
  for (std::size_t row = 0; row < table.n_rows() && classes.size() <= kMostClasses; ++row)
    classes.insert(without_blanks(table.columns[truth].at(row)));
  std::vector<std::size_t> places;
  std::string_view prefix;
  for (const std::string_view tried : kPrefixes) {
    places = columns_with(table, truth, tried, classes);
    prefix = tried;
    if (!places.empty()) break;
  }
  if (places.empty()) return std::nullopt;
  ClassProbabilities result;
  result.places = places;
  for (const std::size_t place : places) {
    result.classes.push_back(table.header[place].substr(prefix.size()));
    result.columns += (result.columns.empty() ? "" : ", ") + table.header[place];
  }
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    const std::string_view target = without_blanks(table.columns[truth].at(row));
    const auto found = std::find(result.classes.begin(), result.classes.end(), target);
    result.targets.push_back(static_cast<int>(found - result.classes.begin()));
    double sum = 0.0;
    for (const std::size_t place : places) {
      result.values.push_back(probability_at(table, place, row));
      sum += result.values.back();
    }
    if (std::abs(sum - 1.0) > 0.01) {
      throw InputError(fmt::format("{} row {}: the probabilities {} sum to {:.4g}, not to 1", table.name,
                                   table.numbers[row], result.columns, sum));
    }
  }
  return result;
}

}  // namespace hitscope::ingest::tables
