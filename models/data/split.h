// A seeded split: which rows train, which validate (early stopping, calibration), and which only test.
//
// Everything that learns from data takes a TrainingFold, and only a Split can make one, so fitting on test rows does
// not compile. Validation rows are taken from the training rows, by group if there are groups. k-fold splits without
// shuffling have the same test rows as scikit-learn 1.2's StratifiedKFold (kRandom), StratifiedGroupKFold (kGroup and
// kDuplicates; GroupKFold if all strata are equal) and TimeSeriesSplit (kTemporal; boundaries between equal times move
// to the nearest ones between different times).
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
  kUnused  ///< rows later than the test rows in temporal folds, from which nothing may learn
};
constexpr auto names_of(Part) {
  return std::to_array<dsp::Name<Part>>(
      {{Part::kTrain, "train"}, {Part::kValidation, "validation"}, {Part::kTest, "test"}, {Part::kUnused, "unused"}});
}

enum class SplitKind {
  kGroup,       ///< no group (artist) has rows in two parts; sizes and class shares as close as groups allow
  kDuplicates,  ///< kGroup for connected components of all identity keys: artist, ISRC, artist + title, clip hash
  kRandom,      ///< stratified by class, rows independent
  kTemporal,    ///< the latest rows test, the rows before them validate; rows of equal times stay together
  kColumn       ///< parts given by a column
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
  double test_fraction = 0.2;         ///< share of all rows that test, between 0 and 1
  double validation_fraction = 0.15;  ///< share of the other rows that validate, between 0 and 1
  std::uint64_t seed = 1;
  bool shuffle = true;  ///< k-fold: false takes rows and groups in their order, as scikit-learn does by default

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

/// The data that a split may use. Spans are [n_rows] and borrowed; those that a kind does not need may be empty.
struct SplitRows {
  std::span<const int> strata{};  ///< classes to balance; all equal: nothing to balance
  std::span<const std::string>
      groups{};  ///< groups for kGroup and validation rows; an empty text is a group of its own
  std::vector<std::span<const std::string>>
      identities{};  ///< keys for kDuplicates: rows that share one belong together; empty texts are no keys
  std::span<const double> times{};  ///< times for kTemporal, without NaN
};

/// The rows that a fit may use.
class TrainingFold {
 public:
  /// Rows that weights and statistics are fitted on, rising.
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
  /// A split with one test part of about test_fraction. Throws std::invalid_argument for too few rows or groups, a
  /// fraction out of range, times that are all equal, and for kColumn (see by_column).
  static Split holdout(SplitKind kind, const SplitRows& rows, const SplitConfig& config);
  /// n_folds splits whose test parts are disjoint and cover all rows; for kTemporal, as in TimeSeriesSplit, the first
  /// of n_folds + 1 periods only trains. Throws std::invalid_argument for n_folds < 2 or more than rows or groups
  /// allow.
  static std::vector<Split> k_fold(SplitKind kind, const SplitRows& rows, int n_folds, const SplitConfig& config);
  /// A split given by a column, `values` [n_rows]: train or training, validation, val or dev, and test, in any case.
  /// With a `test_value`, rows equal to it test and all others train. If no row validates, validation rows are taken
  /// from the training rows, by group if rows.groups is not empty, else stratified. Throws std::invalid_argument naming
  /// an unknown value.
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

/// Whether all values name parts, as Split::by_column takes them without a test value.
bool are_parts(std::span<const std::string> values);

/// The connected component of every row, [n_rows], numbered from 0 in order of first appearance: rows that share a
/// non-empty key, directly or through other rows, are in one component. Each of `identities` is [n_rows].
std::vector<std::size_t> connected_components(std::span<const std::span<const std::string>> identities,
                                              std::size_t n_rows);

}  // namespace hitscope::models::data
