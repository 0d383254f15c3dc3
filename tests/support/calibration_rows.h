// Rows to calibrate on, and a short way to fit a Calibrator.
#pragma once

#include <string>
#include <vector>

#include "models/evaluation/calibration.h"

namespace hitscope::tests {

using namespace models;
using namespace models::evaluation;

/// Rows 0..n-1 validate, one row before the end trains and the last tests.
inline data::TrainingFold validating(std::size_t n) {
  std::vector<std::string> values(n, "validation");
  values.insert(values.end(), {"train", "test"});
  return data::Split::by_column(values, "", {}, {}).training_fold();
}

inline data::Probabilities of_second(const std::vector<double>& scores) {
  data::Probabilities p{scores.size(), 2, {}};
  for (const double score : scores) p.values.insert(p.values.end(), {1.0 - score, score});
  return p;
}

inline Calibrator fit(Calibration kind, ThresholdMetric metric, const data::Probabilities& predicted,
                      std::vector<int> targets) {
  targets.resize(targets.size() + 2, 0);
  return Calibrator::fit(kind, metric, predicted, targets, validating(predicted.n_rows));
}

}  // namespace hitscope::tests
