// Table columns to a standardised float matrix, fitted on training rows only.
//
// Numbers: missing ones become the training median, then (x - mean) / standard deviation as scikit-learn's
// SimpleImputer and StandardScaler do. Categories: one column per value seen in training, as OneHotEncoder with
// handle_unknown="ignore".
// Thread safety: immutable after construction.
#pragma once

#include <string>
#include <vector>

#include "models/data/dataset.h"
#include "models/data/split.h"

namespace hitscope::models {

/// [n_rows, n_columns], row-major.
struct Matrix {
  std::size_t n_rows = 0;
  std::size_t n_columns = 0;
  std::vector<float> values;
};

class TableEncoder {
 public:
  static TableEncoder fit(const FeatureTable& table, const TrainingFold& fold);
  /// Throws std::runtime_error for text that to_json did not write.
  static TableEncoder from_json(const std::string& text);
  std::string to_json() const;

  std::size_t n_columns() const;
  /// Throws std::invalid_argument where `table` lacks a column the encoder was fitted on.
  Matrix transform(const FeatureTable& table, std::span<const std::size_t> rows) const;

 private:
  struct Number {
    std::string name;
    double median = 0.0;
    double mean = 0.0;
    double scale = 1.0;  // standard deviation, 1 where it is 0
  };
  struct Category {
    std::string name;
    std::vector<std::string> values;  // sorted
  };
  std::vector<Number> numbers_;
  std::vector<Category> categories_;
};

}  // namespace hitscope::models
