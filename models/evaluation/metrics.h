// What predictions are worth, with scikit-learn's definitions and names.
//
// A value that is not defined (a ranking metric where the test rows hold one class only) is NaN.
// Thread safety: free functions without shared state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/data/dataset.h"

namespace hitscope::models {

struct ClassScore {
  double precision = 0.0;  ///< 0 where nothing was predicted as the class, as zero_division=0
  double recall = 0.0;
  double f1 = 0.0;
  std::size_t support = 0;
};

struct Scores {
  double accuracy = 0.0;
  double balanced_accuracy = 0.0;  ///< mean recall over classes with support
  double macro_f1 = 0.0;           ///< over all classes seen in targets or predictions
  double roc_auc = 0.0;            ///< one-vs-rest, macro over classes
  double average_precision = 0.0;  ///< one-vs-rest, macro over classes
  double log_loss = 0.0;           ///< natural logarithm, probabilities clipped at 1e-15
  double mcc = 0.0;                ///< Matthews correlation coefficient
  double quadratic_kappa = 0.0;    ///< NaN unless classes are ordered
  double spearman = 0.0;           ///< of targets and expected class; NaN unless classes are ordered
  std::vector<ClassScore> classes;
  std::vector<std::size_t> confusion;  ///< [n_classes, n_classes], row = target, column = prediction
};

/// targets[i] belongs to row i of `predicted`. Throws std::invalid_argument for no rows or a length that differs.
Scores score_predictions(std::span<const int> targets, const Probabilities& predicted, bool ordered);

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// What a head's accuracy is worth beside the majority predictor's, by bootstrap over groups.
struct Uncertainty {
  Interval accuracy;   ///< 95 %
  Interval macro_f1;   ///< 95 %
  Interval advantage;  ///< 95 %, accuracy minus the majority predictor's on the same resampled rows
  bool beats_majority() const { return advantage.low > 0.0; }
};

/// Resamples whole groups with replacement, 1,000 times, seeded. groups[i] belongs to targets[i]; an empty group is one
/// of its own. `majority` is the class that the majority predictor always answers.
Uncertainty bootstrap(std::span<const int> targets, const Probabilities& predicted, int majority,
                      std::span<const std::string> groups, std::uint64_t seed);

/// Baselines fitted on `training_targets`: the majority class with certainty, and the class shares.
Probabilities majority_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);
Probabilities prior_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);

}  // namespace hitscope::models
