// What predictions are worth, with scikit-learn 1.2's definitions and names.
//
// A value that is not defined (a ranking metric where the test rows hold one class only) is NaN, also where
// scikit-learn raises, or warns and answers something (average_precision without a positive: 0). Thread safety: free
// functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"

namespace hitscope::models::evaluation {

struct ClassScore {
  double precision = 0.0;  ///< 0 where nothing was predicted as the class, as zero_division=0
  double recall = 0.0;
  double f1 = 0.0;
  std::size_t support = 0;
  double roc_auc = 0.0;            ///< the class against the rest; NaN where it has no row or all of them
  double average_precision = 0.0;  ///< the same; NaN where it has no row
};

struct Scores {
  double accuracy = 0.0;
  double balanced_accuracy = 0.0;  ///< mean recall over classes with support
  double macro_f1 = 0.0;           ///< over all classes seen in targets or predictions
  double weighted_f1 = 0.0;        ///< weighted by support
  double roc_auc = 0.0;            ///< one-vs-rest, macro over classes; two classes: of the second
  double average_precision = 0.0;  ///< one-vs-rest, macro over classes; two classes: of the second
  double log_loss = 0.0;           ///< natural logarithm; rows clipped at 1e-15, then divided by their sum
  double brier = 0.0;              ///< two classes: mean (p - y)²; more: mean over rows of the sum over classes
  double mcc = 0.0;                ///< Matthews correlation coefficient; 0 where one side is one class only
  double kappa = 0.0;              ///< Cohen's; NaN where both sides are one and the same class
  double quadratic_kappa = 0.0;    ///< NaN unless classes are ordered
  double spearman = 0.0;           ///< of targets and expected class; NaN unless classes are ordered
  double kendall = 0.0;            ///< tau-b, as Spearman
  std::vector<ClassScore> classes;
  std::vector<std::size_t> confusion;  ///< [n_classes, n_classes], row = target, column = prediction
};

/// targets[i] belongs to row i of `predicted`. Throws std::invalid_argument for no rows, a length that differs, or a
/// class outside 0..n_classes-1.
Scores score_predictions(std::span<const int> targets, const data::Probabilities& predicted, bool ordered);

/// For somebody else's predictions, which are classes only: no probabilities, so NaN for what needs them (ROC AUC,
/// average precision, log loss, Brier). Spearman and Kendall take the predicted class as the expected one. Throws as
/// score_predictions.
Scores score_classes(std::span<const int> targets, std::span<const int> predicted, int n_classes, bool ordered);

struct RegressionScores {
  double r2 = 0.0;  ///< NaN for fewer than two rows; constant targets: 1 where all are met, else 0
  double mae = 0.0;
  double rmse = 0.0;
  double median_absolute_error = 0.0;
  double spearman = 0.0;
  double kendall = 0.0;
};

/// All NaN where a value is not finite. Throws std::invalid_argument for no rows or a length that differs.
RegressionScores score_values(std::span<const double> targets, std::span<const double> predicted);

/// scikit-learn's classification_report(digits=2, zero_division=0), character for character: per class, accuracy (or
/// micro avg where `labels` hold classes that neither side has), macro avg over all `labels`, weighted avg. Names are
/// UTF-8. Throws std::invalid_argument unless there is one name a class.
std::string classification_report(const Scores& scores, std::span<const std::string> class_names);

/// Baselines fitted on training targets: the majority class with certainty (the lowest of equals), and class shares.
/// They throw std::invalid_argument for no training targets, or one outside 0..n_classes-1.
data::Probabilities majority_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);
data::Probabilities prior_baseline(std::span<const int> training_targets, int n_classes, std::size_t n_rows);
/// Class shares of the row's group among the training rows; where the group has none there, those of all.
data::Probabilities group_mean_baseline(std::span<const int> training_targets,
                                        std::span<const std::string> training_groups, int n_classes,
                                        std::span<const std::string> groups);

}  // namespace hitscope::models::evaluation
