#include "models/data/split.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

#include "models/data/part_choice.h"

namespace hitscope::models::data {
namespace {

std::optional<Part> find_part(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
  if (value == "train" || value == "training") return Part::kTrain;
  if (value == "validation" || value == "val" || value == "dev") return Part::kValidation;
  if (value == "test") return Part::kTest;
  return std::nullopt;
}

Part part_named(const std::string& value) {
  if (const auto part = find_part(value)) return *part;
  throw std::invalid_argument(
      "the split column holds '" + value +
      "'; it must hold train, validation or test, or `test_fold` must name the value of the test rows");
}

/// For validation rows out of given training rows.
PartChoice validation_choice(const SplitRows& rows, std::size_t n_rows) {
  if (!rows.groups.empty()) return part_choice(SplitKind::kGroup, rows);
  return {number_classes(rows.strata, n_rows), {}, false};
}

}  // namespace

bool are_parts(std::span<const std::string> values) {
  return std::all_of(values.begin(), values.end(), [](const std::string& value) { return find_part(value); });
}

Split::Split(std::vector<Part> parts) : parts_(std::move(parts)) {
  for (const Part part : {Part::kTest, Part::kTrain, Part::kValidation}) {
    if (std::find(parts_.begin(), parts_.end(), part) == parts_.end()) {
      throw std::invalid_argument("the split leaves no row for " + std::string(to_string(part)) + " out of " +
                                  std::to_string(parts_.size()) + " rows");
    }
  }
}

Split Split::holdout(SplitKind kind, const SplitRows& rows, const SplitConfig& config) {
  check_fraction("test_fraction", config.test_fraction);
  check_fraction("validation_fraction", config.validation_fraction);
  const PartChoice choice = part_choice(kind, rows);
  std::vector<Part> parts(count_rows(rows), Part::kTrain);
  std::mt19937_64 random(config.seed);
  choice.move(parts, config.test_fraction, Part::kTest, 2, random);
  choice.move(parts, config.validation_fraction, Part::kValidation, 1, random);
  return Split(std::move(parts));
}

Split Split::by_column(std::span<const std::string> values, const std::string& test_value, const SplitRows& rows,
                       const SplitConfig& config) {
  check_fraction("validation_fraction", config.validation_fraction);
  const std::size_t n_rows = count_rows(rows);
  if (n_rows != 0 && n_rows != values.size()) {
    throw std::invalid_argument("the split column has " + std::to_string(values.size()) + " values for " +
                                std::to_string(n_rows) + " rows; it must have one for each");
  }
  std::vector<Part> parts(values.size(), Part::kTrain);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (test_value.empty()) {
      parts[row] = part_named(values[row]);
    } else if (values[row] == test_value) {
      parts[row] = Part::kTest;
    }
  }
  const auto has = [&](Part part) { return std::find(parts.begin(), parts.end(), part) != parts.end(); };
  if (has(Part::kTrain) && has(Part::kTest) && !has(Part::kValidation)) {
    std::mt19937_64 random(config.seed);
    validation_choice(rows, values.size()).move(parts, config.validation_fraction, Part::kValidation, 1, random);
  }
  return Split(std::move(parts));
}

std::vector<std::size_t> Split::rows(Part part) const {
  return rows_in(parts_, part);
}

}  // namespace hitscope::models::data
