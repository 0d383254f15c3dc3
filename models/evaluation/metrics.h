// Scores of predictions, with scikit-learn 1.2's definitions and names.
//
// A score that is not defined, such as a ranking metric of test rows of a single class, is NaN, also where scikit-learn
// raises an error or warns and returns a number (0 for average_precision without a positive).
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"

namespace hitscope::models::evaluation {

struct ClassScore {
  double precision = 0.0;  ///< 0 if the class was never predicted (zero_division=0)
  double recall = 0.0;
  double f1 = 0.0;
  std::size_t support = 0;
  double roc_auc = 0.0;            ///< the class against the rest; NaN if no row or every row is of the class
  double average_precision = 0.0;  ///< the class against the rest; NaN if no row is of the class
};

struct Scores {
  double accuracy = 0.0;
  double balanced_accuracy = 0.0;  ///< mean recall over classes with support
  double macro_f1 = 0.0;           ///< mean F1 over all classes in targets or predictions
  double weighted_f1 = 0.0;        ///< mean F1 weighted by support
  double roc_auc = 0.0;            ///< one-vs-rest, macro over classes; two classes: of the second
  double average_precision = 0.0;  ///< one-vs-rest, macro over classes; two classes: of the second
  double log_loss = 0.0;           ///< natural logarithm; probabilities are clipped at 1e-15 and renormalised
  double brier = 0.0;              ///< two classes: mean (p - y)²; more: mean over rows of the sum over classes
  double mcc = 0.0;              ///< Matthews correlation coefficient; 0 if targets or predictions are all of one class
  double kappa = 0.0;            ///< Cohen's kappa; NaN if targets and predictions are all of the same class
  double quadratic_kappa = 0.0;  ///< kappa with quadratic weights; NaN unless classes are ordered
  double spearman = 0.0;         ///< correlation of targets and expected class; NaN unless classes are ordered
  double kendall = 0.0;          ///< tau-b of the same; NaN unless classes are ordered
  std::vector<ClassScore> classes;
  std::vector<std::size_t> confusion;  ///< [n_classes, n_classes], row = target, column = prediction
};

/// Scores of `predicted` [n_rows, n_classes] for `targets` [n_rows]. Throws std::invalid_argument for no rows, lengths
/// that differ, or a class outside 0..n_classes-1.
Scores score_predictions(std::span<const int> targets, const data::Probabilities& predicted, bool ordered);

/// Scores of predicted classes without probabilities, `targets` and `predicted` [n_rows]. Scores that need
/// probabilities are NaN (ROC AUC, average precision, log loss, Brier). Spearman and Kendall use the predicted class as
/// the expected one. Throws as score_predictions.
Scores score_classes(std::span<const int> targets, std::span<const int> predicted, int n_classes, bool ordered);

struct RegressionScores {
  double r2 = 0.0;  ///< NaN for fewer than two rows; constant targets: 1 if all are met, else 0
  double mae = 0.0;
  double rmse = 0.0;
  double median_absolute_error = 0.0;
  double spearman = 0.0;
  double kendall = 0.0;
};

/// Scores of `predicted` [n_rows] for `targets` [n_rows]; all are NaN if a value is not finite. Throws
/// std::invalid_argument for no rows or lengths that differ.
RegressionScores score_values(std::span<const double> targets, std::span<const double> predicted);

/// The text of scikit-learn's classification_report(digits=2, zero_division=0), character for character: per class,
/// accuracy (or micro avg if there are classes that neither targets nor predictions have), macro avg over all classes,
/// weighted avg. `class_names` [n_classes] are UTF-8. Throws std::invalid_argument for another number of names.
std::string classification_report(const Scores& scores, std::span<const std::string> class_names);

/// Baselines fitted on `training_targets` [n_train]: [n_rows, n_classes] with the majority class at probability 1 (the
/// lowest of equally frequent ones), or with the class shares. They throw std::invalid_argument for no training
/// targets, or one outside 0..n_classes-1.
data::Probabilities majority_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);
data::Probabilities prior_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);
/// [groups.size(), n_classes]: the class shares of each row's group among the training rows, or of all training rows if
/// the group has none. `training_targets` and `training_groups` are [n_train].
data::Probabilities group_mean_baseline(std::span<const int> training_targets,
                                        std::span<const std::string> training_groups, int n_classes,
                                        std::span<const std::string> groups);

}  // namespace hitscope::models::evaluation
