#include "models/data/table_encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "models/data/column_statistics.h"
#include "models/data/parallel.h"

namespace hitscope::models::data {
namespace {

// A block of the matrix stays in the cache while its columns are filled.
constexpr std::size_t kBlockRows = 2048;

template <typename Column>
void check_length(const Column& column, std::size_t n_rows) {
  if (column.values.size() >= n_rows) return;
  throw std::invalid_argument("feature column '" + column.name + "' has " + std::to_string(column.values.size()) +
                              " rows; it must have the " + std::to_string(n_rows) + " that are asked for");
}

/// The column of that name, with at least n_rows rows.
template <typename Column>
const Column& column_named(const std::vector<Column>& columns, const std::string& name, std::size_t n_rows) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
  if (found == columns.end()) throw std::invalid_argument("the table has no feature column '" + name + "'");
  check_length(*found, n_rows);
  return *found;
}

/// One more than the largest.
std::size_t rows_needed(std::span<const std::size_t> rows) {
  return rows.empty() ? 0 : *std::max_element(rows.begin(), rows.end()) + 1;
}

double scaled(double raw, const NumberStatistics& number) {
  return ((is_missing(raw) ? number.fill : raw) - number.center) / number.scale;
}

NumberStatistics learn_number(const NumericColumn& column, std::span<const std::size_t> rows,
                              const EncoderConfig& config) {
  NumberStatistics number{column.name};
  std::vector<double> values;
  values.reserve(rows.size());
  for (const std::size_t row : rows) {
    if (!is_missing(column.values[row])) values.push_back(column.values[row]);
  }
  number.fill = fill_of(values, config.imputation);
  values.resize(rows.size(), number.fill);
  learn_scale(values, config.scaling, number);
  return number;
}

std::vector<std::string> learn_categories(const CategoricalColumn& column, std::span<const std::size_t> rows) {
  std::unordered_set<std::string_view> seen;
  for (const std::size_t row : rows) seen.insert(column.values[row]);
  std::vector<std::string> values(seen.begin(), seen.end());
  std::sort(values.begin(), values.end());
  return values;
}

using Places = std::unordered_map<std::string_view, std::size_t>;

Places places_of(const std::vector<std::string>& categories, std::size_t first) {
  Places places(categories.size());
  for (std::size_t i = 0; i < categories.size(); ++i) places.emplace(categories[i], first + i);
  return places;
}

/// F of a scaled column. F does not mind where 0 is, but its sums do: the column is centred.
double number_f(const NumericColumn& column, const NumberStatistics& number, std::span<const int> targets,
                std::span<const std::size_t> rows, int n_classes) {
  double mean = 0.0;
  bool constant = true;
  for (const std::size_t row : rows) {
    mean += scaled(column.values[row], number) / static_cast<double>(rows.size());
    constant = constant && scaled(column.values[row], number) == scaled(column.values[rows[0]], number);
  }
  if (constant) return std::numeric_limits<double>::quiet_NaN();
  ClassSums classes(n_classes);
  for (const std::size_t row : rows) classes.add(targets[row], scaled(column.values[row], number) - mean);
  return anova_f(classes);
}

int count_classes(std::span<const int> targets, std::span<const std::size_t> rows) {
  if (rows_needed(rows) > targets.size()) {
    throw std::invalid_argument("selecting columns needs a class per row; there are " + std::to_string(targets.size()) +
                                " targets for " + std::to_string(rows_needed(rows)) + " rows");
  }
  int most = 0;
  for (const std::size_t row : rows) {
    if (targets[row] < 0) throw std::invalid_argument("row " + std::to_string(row) + " trains without a class");
    most = std::max(most, targets[row]);
  }
  return most + 1;
}

}  // namespace

TableEncoder TableEncoder::fit(const FeatureTable& table, std::span<const int> targets, const TrainingFold& fold,
                               const EncoderConfig& config, int n_threads) {
  if (config.select_k < 0) {
    throw std::invalid_argument("select_k is " + std::to_string(config.select_k) + "; it must be 0 or more");
  }
  const auto rows = fold.train_rows();
  if (rows.empty()) throw std::invalid_argument("a table encoder needs training rows; the fold has none");
  const std::size_t n_rows = rows_needed(rows);
  TableEncoder encoder;
  encoder.config_ = config;
  for (const NumericColumn& column : table.numeric) check_length(column, n_rows);
  encoder.numbers_.resize(table.numeric.size());
  in_parallel(table.numeric.size(), n_threads,
              [&](std::size_t c) { encoder.numbers_[c] = learn_number(table.numeric[c], rows, config); });
  for (const CategoricalColumn& column : table.categorical) {
    check_length(column, n_rows);
    encoder.categories_.push_back({column.name, learn_categories(column, rows)});
  }
  encoder.select(table, targets, rows);
  return encoder;
}

void TableEncoder::select(const FeatureTable& table, std::span<const int> targets, std::span<const std::size_t> rows) {
  const auto k = static_cast<std::size_t>(config_.select_k);
  if (k == 0) return;
  const int n_classes = count_classes(targets, rows);
  if (k >= n_before_selection()) return;
  std::vector<double> scores;
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    scores.push_back(number_f(table.numeric[i], numbers_[i], targets, rows, n_classes));
  }
  ClassSums shares(n_classes);  // sums of the constant 1, so the number of rows by class
  for (const std::size_t row : rows) shares.add(targets[row], 1.0);
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    const Places places = places_of(categories_[i].values, 0);
    std::vector<std::vector<double>> counts(places.size(), std::vector<double>(n_classes));
    for (const std::size_t row : rows) ++counts[places.at(table.categorical[i].values[row])][targets[row]];
    for (std::vector<double>& count : counts) {
      ClassSums classes = shares;
      classes.sums = classes.squares = std::move(count);
      scores.push_back(anova_f(classes));
    }
  }
  for (double& score : scores) {
    if (std::isnan(score)) score = std::numeric_limits<double>::lowest();
  }
  selected_.resize(scores.size());
  std::iota(selected_.begin(), selected_.end(), 0);
  std::stable_sort(selected_.begin(), selected_.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  selected_.erase(selected_.begin(), selected_.end() - static_cast<std::ptrdiff_t>(k));
  std::sort(selected_.begin(), selected_.end());
}

std::size_t TableEncoder::n_before_selection() const {
  std::size_t n = numbers_.size();
  for (const Category& category : categories_) n += category.values.size();
  return n;
}

std::size_t TableEncoder::n_columns() const {
  return selected_.empty() ? n_before_selection() : selected_.size();
}

std::vector<std::size_t> TableEncoder::places() const {
  const std::size_t n = n_before_selection();
  std::vector<std::size_t> places(n, n);
  if (selected_.empty()) std::iota(places.begin(), places.end(), 0);
  for (std::size_t i = 0; i < selected_.size(); ++i) places[selected_[i]] = i;
  return places;
}

std::vector<std::string> TableEncoder::column_names() const {
  std::vector<std::string> names;
  for (const NumberStatistics& number : numbers_) names.push_back(number.name);
  for (const Category& category : categories_) {
    for (const std::string& value : category.values) names.push_back(category.name + "=" + value);
  }
  if (selected_.empty()) return names;
  std::vector<std::string> kept;
  for (const std::size_t column : selected_) kept.push_back(names[column]);
  return kept;
}

Matrix TableEncoder::transform(const FeatureTable& table, std::span<const std::size_t> rows, int n_threads) const {
  constexpr double kMost = std::numeric_limits<float>::max();
  const std::size_t n_rows = rows_needed(rows);
  const std::vector<std::size_t> place = places();
  std::vector<const NumericColumn*> numeric;
  std::vector<const CategoricalColumn*> categorical;
  std::vector<Places> categories;
  std::size_t first = numbers_.size();
  for (const NumberStatistics& number : numbers_) numeric.push_back(&column_named(table.numeric, number.name, n_rows));
  for (const Category& category : categories_) {
    categorical.push_back(&column_named(table.categorical, category.name, n_rows));
    categories.push_back(places_of(category.values, first));
    first += category.values.size();
  }
  Matrix matrix{rows.size(), n_columns(), std::vector<float>(rows.size() * n_columns(), 0.0F)};
  in_parallel((rows.size() + kBlockRows - 1) / kBlockRows, n_threads, [&](std::size_t number) {
    const std::size_t block = number * kBlockRows;
    const std::size_t end = std::min(rows.size(), block + kBlockRows);
    for (std::size_t c = 0; c < numeric.size(); ++c) {
      if (place[c] == place.size()) continue;
      float* out = matrix.values.data() + block * matrix.n_columns + place[c];
      for (std::size_t i = block; i < end; ++i, out += matrix.n_columns) {
        *out = static_cast<float>(std::clamp(scaled(numeric[c]->values[rows[i]], numbers_[c]), -kMost, kMost));
      }
    }
    for (std::size_t c = 0; c < categorical.size(); ++c) {
      for (std::size_t i = block; i < end; ++i) {
        const auto found = categories[c].find(categorical[c]->values[rows[i]]);
        if (found == categories[c].end() || place[found->second] == place.size()) continue;
        matrix.values[i * matrix.n_columns + place[found->second]] = 1.0F;
      }
    }
  });
  return matrix;
}

}  // namespace hitscope::models::data
