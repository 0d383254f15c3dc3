// The table that tests/oracles/record_logistic.py records: 400 rows, four numbers with holes, a category, three
// classes.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "models/data/split.h"
#include "tests/support/labelled_examples.h"
#include "tests/support/npy.h"

namespace hitscope::tests {

using namespace models;

inline constexpr std::size_t kTrain = 300;
inline constexpr std::size_t kAll = 400;

inline std::string oracle(const std::string& name) {
  return std::string(ORACLES) + "/logistic/" + name + ".npy";
}

inline LabelledExamples recorded_table() {
  LabelledExamples data;
  const auto numeric = hitscope::tests::read_npy<double>(oracle("numeric"));
  for (std::size_t column = 0; column < 4; ++column) {
    data.table.numeric.push_back({"x" + std::to_string(column), {}});
    for (std::size_t row = 0; row < kAll; ++row) data.table.numeric[column].values.push_back(numeric[row * 4 + column]);
  }
  data.table.categorical.push_back({"category", {}});
  for (const double code : hitscope::tests::read_npy<double>(oracle("category"))) {
    data.table.categorical[0].values.push_back(std::to_string(static_cast<int>(code)));
  }
  for (const double target : hitscope::tests::read_npy<double>(oracle("targets")))
    data.labels().push_back(static_cast<int>(target));
  data.n_rows = kAll;
  data.set_n_classes(3);
  return data;
}

/// Rows 0..299 train, 300 validates, the others test.
inline data::Split recorded_split() {
  std::vector<std::string> values(kAll, "test");
  std::fill_n(values.begin(), kTrain, "train");
  values[kTrain] = "validation";
  return data::Split::by_column(values, "", data::SplitRows{}, {});
}

inline std::vector<std::size_t> held_out() {
  std::vector<std::size_t> rows;
  for (std::size_t row = kTrain; row < kAll; ++row) rows.push_back(row);
  return rows;
}

}  // namespace hitscope::tests
