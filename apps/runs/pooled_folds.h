// The test rows of all folds as one: each row predicted once, by heads that have not seen it.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apps/runs/split_result.h"

namespace hitscope::apps::runs {

/// Of one head, row by row in the folds' order.
struct OutOfFold {
  std::vector<int> classes;
  std::vector<double> values;  ///< of a regression
};

struct PooledFolds {
  std::vector<int> targets;           ///< classes as each row's fold has learned them
  std::vector<double> target_values;  ///< of a regression
  std::vector<std::string> groups;
  std::map<std::string, OutOfFold> heads;
  int n_classes = 0;
};

struct PooledRow {
  std::string name;
  double first = 0.0;  ///< accuracy, or R² of a regression
  models::evaluation::Interval first_95;
  double second = 0.0;  ///< macro-F1, or MAE
  models::evaluation::Interval second_95;
  models::evaluation::Interval advantage;  ///< over the best constant of all rows, or over their mean
  bool beats_baseline = false;
};

void pool(PooledFolds& pooled, const examples::TrainData& data, const SplitResult& fold);
/// A row for each head, bootstrapped over groups of all folds.
std::vector<PooledRow> pooled_rows(const PooledFolds& pooled, std::uint64_t seed);

}  // namespace hitscope::apps::runs
