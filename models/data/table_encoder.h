// Encodes table columns as a numeric matrix: imputation, scaling, one-hot encoding and feature selection, fitted on
// training rows only.
//
// It matches scikit-learn 1.2's SimpleImputer, StandardScaler / MinMaxScaler / RobustScaler,
// OneHotEncoder(handle_unknown="ignore") and SelectKBest(f_classif), in this order; numbers are scaled, one-hot columns
// are not. Sums are in double. Infinite numbers, and those that float32 cannot hold, count as missing; scikit-learn
// refuses them. A matrix never holds a NaN or an infinity. It is not made for text columns with very many categories,
// each of which becomes a column.
// Thread safety: immutable after construction.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/fields.h"
#include "models/data/examples.h"
#include "models/data/split.h"

namespace hitscope::models::data {

using dsp::to_string;

/// A matrix [n_rows, n_columns], row-major.
struct Matrix {
  std::size_t n_rows = 0;
  std::size_t n_columns = 0;
  std::vector<float> values;
};

enum class Imputation { kMean, kMedian, kMostFrequent };    ///< most frequent: the smallest of ties
enum class Scaling { kStandard, kMinMax, kRobust, kNone };  ///< robust: (x - median) / (q75 - q25)

constexpr auto names_of(Imputation) {
  return std::to_array<dsp::Name<Imputation>>(
      {{Imputation::kMean, "mean"},
       {Imputation::kMedian, "median"},
       {Imputation::kMostFrequent, "most-frequent", "the most frequent value, the smallest of several"}});
}
constexpr auto names_of(Scaling) {
  return std::to_array<dsp::Name<Scaling>>(
      {{Scaling::kStandard, "standard", "to mean 0 and standard deviation 1"},
       {Scaling::kMinMax, "min-max", "to the range 0 to 1"},
       {Scaling::kRobust, "robust", "to median 0 and a distance of 1 between the quartiles"},
       {Scaling::kNone, "none"}});
}

struct EncoderConfig {
  Imputation imputation = Imputation::kMedian;
  Scaling scaling = Scaling::kStandard;
  /// Number of columns of the matrix to keep, by ANOVA F against the training targets (ties: the later column). 0, or
  /// as many as there are, keeps all.
  int select_k = 0;
};

/// Statistics of one numeric column: scaled = (x - center) / scale.
struct NumberStatistics {
  std::string name;
  double fill = 0.0;  ///< replaces missing values
  double center = 0.0;
  double scale = 1.0;  ///< 1 for a constant column
};

class TableEncoder {
 public:
  /// Fits the encoder on the fold's training rows. `targets` is [n_rows] of the table, and may be empty without
  /// select_k. Throws std::invalid_argument for a fold without training rows, columns or targets shorter than it, a
  /// select_k below 0, and for select_k without targets.
  static TableEncoder fit(const FeatureTable& table, std::span<const int> targets, const TrainingFold& fold,
                          const EncoderConfig& config = {}, int n_threads = 1);
  /// The encoder that to_json wrote. Throws std::runtime_error for other text.
  static TableEncoder from_json(const std::string& text);
  std::string to_json() const;

  std::size_t n_columns() const;
  /// Names of the matrix's columns: "tempo", "genre=rock".
  std::vector<std::string> column_names() const;
  const EncoderConfig& config() const { return config_; }
  const std::vector<NumberStatistics>& numbers() const { return numbers_; }
  /// Encodes `rows` of `table`: [rows.size(), n_columns]. Throws std::invalid_argument if `table` lacks one of the rows
  /// or a column that the encoder was fitted on.
  Matrix transform(const FeatureTable& table, std::span<const std::size_t> rows, int n_threads = 1) const;

 private:
  struct Category {
    std::string name;
    std::vector<std::string> values;  // sorted
  };
  std::size_t n_before_selection() const;
  /// The index in the matrix of each column before selection; n_before_selection() for a column that is not kept.
  std::vector<std::size_t> places() const;
  void select(const FeatureTable& table, std::span<const int> targets, std::span<const std::size_t> rows);

  EncoderConfig config_;
  std::vector<NumberStatistics> numbers_;
  std::vector<Category> categories_;
  std::vector<std::size_t> selected_;  // indices of the columns that selection keeps, rising; empty: all
};

}  // namespace hitscope::models::data
