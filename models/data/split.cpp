#include "models/data/split.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>

#include "models/data/shuffle.h"

namespace hitscope::models {
namespace {

using Rows = std::vector<std::size_t>;

void check_fraction(const char* name, double value) {
  if (value > 0.0 && value < 1.0) return;
  throw std::invalid_argument(std::string(name) + " is " + std::to_string(value) + "; it must lie between 0 and 1");
}

/// Rows of `order`'s first groups, about `wanted` of them; at least one group is taken and `n_left` stay.
Rows take_groups(const std::vector<const Rows*>& order, double wanted, double slack, std::size_t n_left) {
  Rows taken;
  std::size_t n_groups = 0;
  for (const Rows* rows : order) {
    const bool fits = static_cast<double>(taken.size() + rows->size()) <= wanted + slack;
    if (static_cast<double>(taken.size()) >= wanted || !fits || n_groups + n_left >= order.size()) continue;
    taken.insert(taken.end(), rows->begin(), rows->end());
    ++n_groups;
  }
  if (n_groups > 0) return taken;
  return **std::min_element(order.begin(), order.end(), [](auto* x, auto* y) { return x->size() < y->size(); });
}

/// How far `taken` is from `wanted` rows with the class shares of `all`: 0 is perfect.
double imbalance(const Rows& taken, const Rows& all, std::span<const int> targets, double wanted) {
  std::map<int, double> difference;
  for (const std::size_t row : all) difference[targets[row]] += 1.0 / static_cast<double>(all.size());
  for (const std::size_t row : taken) difference[targets[row]] -= 1.0 / static_cast<double>(taken.size());
  double sum = std::abs(static_cast<double>(taken.size()) - wanted) / wanted;
  for (const auto& [label, share] : difference) sum += std::abs(share);
  return sum;
}

/// Moves whole groups of `candidates` to `part`: of many random choices the one whose size and class shares come
/// closest to `fraction` of the candidates.
void move_groups(std::vector<Part>& parts, const Rows& candidates, std::span<const std::string> groups,
                 std::span<const int> targets, double fraction, Part part, std::size_t n_left,
                 std::mt19937_64& random) {
  constexpr int kChoices = 100;
  std::map<std::string, Rows> by_group;
  for (const std::size_t row : candidates) {
    by_group[groups[row].empty() ? "\x01row " + std::to_string(row) : groups[row]].push_back(row);
  }
  if (by_group.size() <= n_left) {
    throw std::invalid_argument(
        "a grouped split needs at least three groups, so that training, validation and test "
        "share none; use --split random or another --group-column");
  }
  std::vector<const Rows*> order;
  order.reserve(by_group.size());
  for (const auto& [name, rows] : by_group) order.push_back(&rows);
  const auto n = static_cast<double>(candidates.size());
  Rows best;
  double least = std::numeric_limits<double>::infinity();
  for (int choice = 0; choice < kChoices; ++choice) {
    shuffle(order, random);
    Rows taken = take_groups(order, n * fraction, 0.05 * n, n_left);
    const double now = imbalance(taken, candidates, targets, n * fraction);
    if (now >= least) continue;
    least = now;
    best = std::move(taken);
  }
  for (const std::size_t row : best) parts[row] = part;
}

void move_stratified(std::vector<Part>& parts, const Rows& candidates, std::span<const int> targets, double fraction,
                     Part part, std::mt19937_64& random) {
  std::map<int, Rows> by_class;
  for (const std::size_t row : candidates) by_class[targets[row]].push_back(row);
  for (auto& [label, rows] : by_class) {
    shuffle(rows, random);
    const auto n = static_cast<std::size_t>(std::lround(static_cast<double>(rows.size()) * fraction));
    for (std::size_t i = 0; i < n; ++i) parts[rows[i]] = part;
  }
}

Rows rows_in(const std::vector<Part>& parts, Part part) {
  Rows rows;
  for (std::size_t row = 0; row < parts.size(); ++row) {
    if (parts[row] == part) rows.push_back(row);
  }
  return rows;
}

Part part_named(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
  if (value == "train" || value == "training") return Part::kTrain;
  if (value == "validation" || value == "val" || value == "dev") return Part::kValidation;
  if (value == "test") return Part::kTest;
  throw std::invalid_argument(
      "the split column holds '" + value +
      "'; it must hold train, validation or test, or --test-fold must name the value that tests");
}

}  // namespace

std::string_view to_string(Part part) {
  return part == Part::kTrain ? "train" : part == Part::kValidation ? "validation" : "test";
}

Split::Split(std::vector<Part> parts) : parts_(std::move(parts)) {
  for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
    if (std::find(parts_.begin(), parts_.end(), part) == parts_.end()) {
      throw std::invalid_argument("the split leaves no row for " + std::string(to_string(part)) + " out of " +
                                  std::to_string(parts_.size()) + " rows; more rows are needed");
    }
  }
}

Split Split::by_group(std::span<const std::string> groups, std::span<const int> targets, const SplitConfig& config) {
  check_fraction("test-fraction", config.test_fraction);
  check_fraction("validation-fraction", config.validation_fraction);
  std::vector<Part> parts(groups.size(), Part::kTrain);
  std::mt19937_64 random(config.seed);
  move_groups(parts, rows_in(parts, Part::kTrain), groups, targets, config.test_fraction, Part::kTest, 2, random);
  move_groups(parts, rows_in(parts, Part::kTrain), groups, targets, config.validation_fraction, Part::kValidation, 1,
              random);
  return Split(std::move(parts));
}

Split Split::at_random(std::span<const int> targets, const SplitConfig& config) {
  check_fraction("test-fraction", config.test_fraction);
  check_fraction("validation-fraction", config.validation_fraction);
  std::vector<Part> parts(targets.size(), Part::kTrain);
  std::mt19937_64 random(config.seed);
  move_stratified(parts, rows_in(parts, Part::kTrain), targets, config.test_fraction, Part::kTest, random);
  move_stratified(parts, rows_in(parts, Part::kTrain), targets, config.validation_fraction, Part::kValidation, random);
  return Split(std::move(parts));
}

Split Split::by_column(std::span<const std::string> values, const std::string& test_value, std::span<const int> targets,
                       std::span<const std::string> groups, const SplitConfig& config) {
  check_fraction("validation-fraction", config.validation_fraction);
  std::vector<Part> parts(values.size(), Part::kTrain);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (test_value.empty()) {
      parts[row] = part_named(values[row]);
    } else if (values[row] == test_value) {
      parts[row] = Part::kTest;
    }
  }
  std::mt19937_64 random(config.seed);
  if (rows_in(parts, Part::kValidation).empty()) {
    const Rows candidates = rows_in(parts, Part::kTrain);
    if (groups.empty()) {
      move_stratified(parts, candidates, targets, config.validation_fraction, Part::kValidation, random);
    } else {
      move_groups(parts, candidates, groups, targets, config.validation_fraction, Part::kValidation, 1, random);
    }
  }
  return Split(std::move(parts));
}

std::vector<std::size_t> Split::rows(Part part) const {
  return rows_in(parts_, part);
}

}  // namespace hitscope::models
