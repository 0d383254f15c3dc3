// Which rows train, which stop the training early, and which only test: a first-class, seeded object.
//
// Anything that learns from data asks for a TrainingFold, and only a Split can make one: fitting on test rows does not
// compile. Validation rows come out of the training rows, by group where there are groups.
// k-fold splits follow scikit-learn 1.2: without shuffling StratifiedKFold (kRandom), StratifiedGroupKFold (kGroup,
// kDuplicates; GroupKFold where strata are of one value) and TimeSeriesSplit (kTemporal, where no two times are equal;
// else its places move to the nearest between two different times) give the same test rows.
// Thread safety: immutable after construction.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::models::data {

enum class Part : std::uint8_t {
  kTrain,
  kValidation,
  kTest,
  kUnused  ///< only in temporal folds: later than the test rows, so that nothing may learn from it
};
constexpr auto names_of(Part) {
  return std::to_array<dsp::Name<Part>>(
      {{Part::kTrain, "train"}, {Part::kValidation, "validation"}, {Part::kTest, "test"}, {Part::kUnused, "unused"}});
}

enum class SplitKind {
  kGroup,       ///< no group (artist) has rows in two parts; sizes and class shares as close as groups allow
  kDuplicates,  ///< the same for connected components of all identity keys: artist, ISRC, artist + title, clip hash
  kRandom,      ///< stratified by class, rows independent
  kTemporal,    ///< the latest rows test, those before them validate; equal times stay together
  kColumn       ///< as a column says
};
constexpr auto names_of(SplitKind) {
  return std::to_array<dsp::Name<SplitKind>>(
      {{SplitKind::kGroup, "group", "all rows of an artist (or other group) are in one part"},
       {SplitKind::kDuplicates, "duplicates", "all rows of an artist, song, ISRC or clip are in one part"},
       {SplitKind::kRandom, "random", "rows are drawn independently, stratified by class"},
       {SplitKind::kTemporal, "temporal", "the latest rows are for test, those before them for validation"},
       {SplitKind::kColumn, "column", "as `split_column` or `split_file` says"}});
}
using dsp::to_string;

struct SplitConfig {
  double test_fraction = 0.2;         ///< of all rows, 0..1
  double validation_fraction = 0.15;  ///< of the rows that do not test, 0..1
  std::uint64_t seed = 1;
  bool shuffle = true;  ///< k-fold: false takes rows and groups in their order, as scikit-learn's default does

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = SplitConfig;
    visit(&C::test_fraction,
          {.name = "test_fraction", .help = "share of all rows that is used for test", .rule = dsp::between(0, 1)});
    visit(&C::validation_fraction, {.name = "validation_fraction",
                                    .help = "share of the other rows that is used for validation",
                                    .rule = dsp::between(0, 1)});
    visit(&C::seed, {.name = "seed", .help = "seed of all random numbers"});
    visit(&C::shuffle, {.name = "shuffle", .help = "shuffle rows and groups before making folds", .flag = "-"});
  }
};

/// What splits may look at. Spans are [n_rows]; those that a kind does not need may be empty.
struct SplitRows {
  std::span<const int> strata{};          ///< classes to balance; one value throughout: nothing to balance
  std::span<const std::string> groups{};  ///< kGroup and validation rows; an empty text is a group of its own
  std::vector<std::span<const std::string>>
      identities{};                 ///< kDuplicates: keys that join rows; empty texts join nothing
  std::span<const double> times{};  ///< kTemporal: no NaN
};

/// The rows that a fit may look at.
class TrainingFold {
 public:
  std::span<const std::size_t> train_rows() const { return train_; }
  /// For early stopping, thresholds and calibration, never for fitting weights or statistics.
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
  /// One test part of about test_fraction. Throws std::invalid_argument for too few rows or groups, a fraction out of
  /// range, times that are all equal; kColumn is not made here.
  static Split holdout(SplitKind kind, const SplitRows& rows, const SplitConfig& config);
  /// n_folds splits whose test parts are disjoint and cover all rows (kTemporal: as TimeSeriesSplit, the first of
  /// n_folds + 1 stretches only trains). Throws std::invalid_argument for n_folds < 2 or more than rows or groups
  /// allow.
  static std::vector<Split> k_fold(SplitKind kind, const SplitRows& rows, int n_folds, const SplitConfig& config);
  /// As a column says. Values train/training, validation/val/dev and test (any case); with `test_value` rows equal to
  /// it test and all others train. Where no row validates, validation rows are taken out of the training rows, by group
  /// when rows.groups is not empty, else stratified. Throws std::invalid_argument naming an unknown value.
  static Split by_column(std::span<const std::string> values, const std::string& test_value, const SplitRows& rows,
                         const SplitConfig& config);

  Part part(std::size_t row) const { return parts_[row]; }
  std::size_t n_rows() const { return parts_.size(); }
  std::vector<std::size_t> rows(Part part) const;
  TrainingFold training_fold() const { return {rows(Part::kTrain), rows(Part::kValidation)}; }

 private:
  explicit Split(std::vector<Part> parts);
  std::vector<Part> parts_;
};

/// The connected component of every row, numbered from 0 in order of first appearance: rows that share any key that is
/// not empty, directly or through others, are one.
std::vector<std::size_t> connected_components(std::span<const std::span<const std::string>> identities,
                                              std::size_t n_rows);

}  // namespace hitscope::models::data
