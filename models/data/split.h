// Which rows train, which stop the training early, and which only test: a first-class, seeded object.
//
// Anything that learns from data asks for a TrainingFold, and only a Split can make one: fitting on test rows does not
// compile. Validation rows come out of the training rows, by group where there are groups.
// Thread safety: immutable after construction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hitscope::models {

enum class Part : std::uint8_t { kTrain, kValidation, kTest };
std::string_view to_string(Part part);

struct SplitConfig {
  double test_fraction = 0.2;         ///< of all rows, 0..1
  double validation_fraction = 0.15;  ///< of the rows that do not test, 0..1
  std::uint64_t seed = 1;
};

/// The rows that a fit may look at.
class TrainingFold {
 public:
  std::span<const std::size_t> train_rows() const { return train_; }
  /// For early stopping and thresholds, never for fitting weights or statistics.
  std::span<const std::size_t> validation_rows() const { return validation_; }

 private:
  friend class Split;
  TrainingFold(std::vector<std::size_t> train, std::vector<std::size_t> validation)
      : train_(std::move(train)), validation_(std::move(validation)) {}
  std::vector<std::size_t> train_;
  std::vector<std::size_t> validation_;
};

class Split {
 public:
  /// No group has rows in two parts; sizes and class shares come as close to the whole as the best of many random
  /// choices of groups. groups[row]; an empty group is a group of its own. Throws std::invalid_argument for fewer than
  /// three groups or a fraction out of range.
  static Split by_group(std::span<const std::string> groups, std::span<const int> targets, const SplitConfig& config);
  /// Stratified by target: every class has the same fractions, as far as rows divide.
  static Split at_random(std::span<const int> targets, const SplitConfig& config);
  /// As a column says. Values train/training, validation/val/dev and test (any case); with `test_value` rows equal to
  /// it test and all others train. Where no row validates, validation rows are taken out of the training rows, by group
  /// when `groups` is not empty, else stratified. Throws std::invalid_argument naming an unknown value.
  static Split by_column(std::span<const std::string> values, const std::string& test_value,
                         std::span<const int> targets, std::span<const std::string> groups, const SplitConfig& config);

  Part part(std::size_t row) const { return parts_[row]; }
  std::size_t n_rows() const { return parts_.size(); }
  std::vector<std::size_t> rows(Part part) const;
  TrainingFold training_fold() const { return {rows(Part::kTrain), rows(Part::kValidation)}; }

 private:
  explicit Split(std::vector<Part> parts);
  std::vector<Part> parts_;
};

}  // namespace hitscope::models
