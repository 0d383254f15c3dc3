#include "models/classical/trees/trees.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "models/classical/trees/trees_rows.h"

namespace hitscope::models::classical::trees {
namespace {

static_assert(std::endian::native == std::endian::little, "files of trees are little-endian");

[[noreturn]] void reject(const std::string& field, const std::string& value, const std::string& rule) {
  throw std::invalid_argument("trees: " + field + " is " + value + "; it must be " + rule);
}

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

void check_weights(std::span<const double> weights, const std::string& name) {
  double sum = 0.0;
  for (const double w : weights) {
    if (!std::isfinite(w) || w < 0.0) reject(name + ".weights", std::to_string(w), "finite and >= 0");
    sum += w;
  }
  if (!weights.empty() && !(sum > 0.0)) reject(name + ".weights", "0 in every row", "> 0 in one at least");
}

}  // namespace

void check_features(const data::Matrix& features, std::string_view name) {
  if (features.values.size() != features.n_rows * features.n_columns) {
    reject(std::string(name) + ".features", std::to_string(features.values.size()) + " values", "n_rows * n_columns");
  }
  for (std::size_t i = 0; i < features.values.size(); ++i) {
    if (std::isfinite(features.values[i])) continue;
    reject(std::string(name) + ".features[" + std::to_string(i / features.n_columns) + ", " +
               std::to_string(i % features.n_columns) + "]",
           std::to_string(features.values[i]), "finite");
  }
}

void check_rows(const TreeRows& rows, const TreesOptions& options, std::string_view name_of_rows) {
  const std::string name(name_of_rows);
  const std::size_t n = rows.features.n_rows;
  if (options.n_classes < 0 || options.n_classes == 1) {
    reject("n_classes", std::to_string(options.n_classes), "0 or >= 2");
  }
  if (options.n_threads < 1) reject("n_threads", std::to_string(options.n_threads), ">= 1");
  if (n == 0) reject(name, "without rows", "one row at least");
  if (rows.features.n_columns == 0) reject(name, "without columns", "one column at least");
  check_features(rows.features, name);
  const std::size_t n_answers = options.n_classes > 0 ? rows.targets.size() : rows.values.size();
  if (n_answers != n)
    reject(name, std::to_string(n_answers) + " targets for " + std::to_string(n) + " rows", "as many");
  if (!rows.weights.empty() && rows.weights.size() != n) {
    reject(name + ".weights", std::to_string(rows.weights.size()) + " values", "n_rows or none");
  }
  check_weights(rows.weights, name);
  if (options.n_classes == 0) {
    for (const double v : rows.values) {
      if (!std::isfinite(v)) reject(name + ".values", std::to_string(v), "finite");
    }
    return;
  }
  for (const int t : rows.targets) {
    if (t < 0 || t >= options.n_classes) reject(name + ".targets", std::to_string(t), "in 0..n_classes-1");
  }
}

std::string sealed(std::string bytes) {
  const std::uint64_t sum = checksum(bytes);
  bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  return bytes;
}

std::string_view unsealed(std::string_view bytes) {
  std::uint64_t sum = 0;
  if (bytes.size() < sizeof sum) throw std::runtime_error("the trees are cut short");
  const std::string_view content = bytes.substr(0, bytes.size() - sizeof sum);
  std::memcpy(&sum, bytes.data() + content.size(), sizeof sum);
  if (checksum(content) != sum) throw std::runtime_error("the trees are damaged: their checksum is another");
  return content;
}

data::Probabilities Trees::predict_probabilities(const data::Matrix& features) const {
  if (n_classes() == 0) throw std::logic_error("trees: probabilities asked of trees of numbers");
  check_features(features, "rows");
  if (features.n_columns != n_columns()) {
    reject("rows.n_columns", std::to_string(features.n_columns), std::to_string(n_columns()));
  }
  if (features.n_rows == 0) return {0, n_classes(), {}};
  return {features.n_rows, n_classes(), predict(features)};
}

std::vector<double> Trees::predict_values(const data::Matrix& features) const {
  if (n_classes() != 0) throw std::logic_error("trees: numbers asked of trees of classes");
  check_features(features, "rows");
  if (features.n_columns != n_columns()) {
    reject("rows.n_columns", std::to_string(features.n_columns), std::to_string(n_columns()));
  }
  return features.n_rows == 0 ? std::vector<double>{} : predict(features);
}

}  // namespace hitscope::models::classical::trees
