// Small tables to encode, and the rows to fit on.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::tests {

using namespace models;
using namespace models::data;

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Rows 0..n_train-1 train, the next one validates and all others test.
inline TrainingFold first_rows_train(std::size_t n_train, std::size_t n_rows) {
  std::vector<std::string> values(n_rows, "test");
  std::fill_n(values.begin(), n_train, "train");
  values[n_train] = "validation";
  return Split::by_column(values, "", {}, {}).training_fold();
}

inline std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  for (std::size_t row = 0; row < n; ++row) rows[row] = row;
  return rows;
}

inline FeatureTable one_number(std::vector<double> values) {
  return {{{"tempo", std::move(values)}}, {}};
}

inline FeatureTable one_category(std::vector<std::string> values) {
  return {{}, {{"genre", std::move(values)}}};
}

inline TableEncoder fit(const FeatureTable& table, const TrainingFold& fold, const EncoderConfig& config = {}) {
  return TableEncoder::fit(table, {}, fold, config);
}

}  // namespace hitscope::tests
