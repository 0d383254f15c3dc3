#include "models/data/table_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace hitscope::models {
namespace {

double median_of(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2.0;
}

/// Standard deviation, or 1 where the variance is no more than the rounding of a constant column's mean.
double scale_of(double variance, double mean, double n) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  return variance <= n * kEpsilon * variance + std::pow(n * mean * kEpsilon, 2) ? 1.0 : std::sqrt(variance);
}

/// A text as JSON: a string, or its bytes where they are not UTF-8.
nlohmann::ordered_json text_json(const std::string& value) {
  try {
    (void)nlohmann::json(value).dump();
    return value;
  } catch (const nlohmann::json::type_error&) {
    return std::vector<std::uint8_t>(value.begin(), value.end());
  }
}

std::string text_from(const nlohmann::json& j) {
  if (j.is_string()) return j.get<std::string>();
  const auto bytes = j.get<std::vector<std::uint8_t>>();
  return {bytes.begin(), bytes.end()};
}

template <typename Column>
const Column& column_named(const std::vector<Column>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
  if (found == columns.end()) throw std::invalid_argument("the table has no feature column '" + name + "'");
  return *found;
}

}  // namespace

TableEncoder TableEncoder::fit(const FeatureTable& table, const TrainingFold& fold) {
  TableEncoder encoder;
  for (const NumericColumn& column : table.numeric) {
    std::vector<double> present;
    for (const std::size_t row : fold.train_rows()) {
      if (!std::isnan(column.values[row])) present.push_back(column.values[row]);
    }
    Number number{column.name, median_of(present)};
    double sum = 0.0;
    double squares = 0.0;
    const auto value = [&](std::size_t row) {
      return std::isnan(column.values[row]) ? number.median : column.values[row];
    };
    for (const std::size_t row : fold.train_rows()) sum += value(row);
    number.mean = sum / static_cast<double>(fold.train_rows().size());
    for (const std::size_t row : fold.train_rows()) squares += std::pow(value(row) - number.mean, 2);
    number.scale = scale_of(squares / static_cast<double>(fold.train_rows().size()), number.mean,
                            static_cast<double>(fold.train_rows().size()));
    encoder.numbers_.push_back(std::move(number));
  }
  for (const CategoricalColumn& column : table.categorical) {
    std::set<std::string> seen;
    for (const std::size_t row : fold.train_rows()) seen.insert(column.values[row]);
    encoder.categories_.push_back({column.name, {seen.begin(), seen.end()}});
  }
  return encoder;
}

std::size_t TableEncoder::n_columns() const {
  std::size_t n = numbers_.size();
  for (const Category& category : categories_) n += category.values.size();
  return n;
}

Matrix TableEncoder::transform(const FeatureTable& table, std::span<const std::size_t> rows) const {
  Matrix matrix{rows.size(), n_columns(), std::vector<float>(rows.size() * n_columns(), 0.0F)};
  std::size_t first = 0;
  for (const Number& number : numbers_) {
    const NumericColumn& column = column_named(table.numeric, number.name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double raw = column.values[rows[i]];
      const double value = std::isnan(raw) ? number.median : raw;
      matrix.values[i * matrix.n_columns + first] = static_cast<float>((value - number.mean) / number.scale);
    }
    ++first;
  }
  for (const Category& category : categories_) {
    const CategoricalColumn& column = column_named(table.categorical, category.name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& value = column.values[rows[i]];
      const auto found = std::lower_bound(category.values.begin(), category.values.end(), value);
      if (found == category.values.end() || *found != value) continue;
      matrix.values[i * matrix.n_columns + first + static_cast<std::size_t>(found - category.values.begin())] = 1.0F;
    }
    first += category.values.size();
  }
  return matrix;
}

std::string TableEncoder::to_json() const {
  nlohmann::ordered_json j{{"numeric", nlohmann::ordered_json::array()},
                           {"categorical", nlohmann::ordered_json::array()}};
  for (const Number& n : numbers_) {
    j["numeric"].push_back({{"name", text_json(n.name)}, {"median", n.median}, {"mean", n.mean}, {"scale", n.scale}});
  }
  for (const Category& c : categories_) {
    auto values = nlohmann::ordered_json::array();
    for (const std::string& value : c.values) values.push_back(text_json(value));
    j["categorical"].push_back({{"name", text_json(c.name)}, {"values", std::move(values)}});
  }
  return j.dump(2) + "\n";
}

TableEncoder TableEncoder::from_json(const std::string& text) try {
  TableEncoder encoder;
  const auto j = nlohmann::json::parse(text);
  for (const auto& n : j.at("numeric")) {
    encoder.numbers_.push_back({text_from(n.at("name")), n.at("median"), n.at("mean"), n.at("scale")});
  }
  for (const auto& c : j.at("categorical")) {
    Category category{text_from(c.at("name")), {}};
    for (const auto& value : c.at("values")) category.values.push_back(text_from(value));
    encoder.categories_.push_back(std::move(category));
  }
  return encoder;
} catch (const nlohmann::json::exception& e) {
  throw std::runtime_error(std::string("not a table encoder: ") + e.what());
}

}  // namespace hitscope::models
