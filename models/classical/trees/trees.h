// Ensembles of decision trees over a numeric matrix: forests, boosted trees, and what they predict.
//
// All are fitted to classes (targets) or, if n_classes is 0, to numbers (values). Forests, extra trees, AdaBoost and
// gradient boosting grow their trees by tree_grower.h, as scikit-learn 1.2's estimators do. That is our own because no
// library of Debian 12 fits (measured on 20,000 tracks, 13 columns and 3 classes, where all three are as accurate as
// scikit-learn): XGBoost's forest grows trees per class (10,000 trees for 100 classes), predicts by a softmax of sums,
// wrote 46 MB and took 4 to 6 times as long as scikit-learn; OpenCV's RTrees counts whole trees as votes, wrote 97 MB
// and took 2.5 times as long. The boosted trees are XGBoost's (histograms, depth 6, learning rate 0.1), stopped early
// by the loss on validation rows. Same seed and rows, same bytes, whatever the number of threads. Thread safety: a
// Trees object serves one thread at a time and uses n_threads itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/classical/trees/tree_grower.h"
#include "models/data/predictions.h"
#include "models/data/table_encoder.h"
#include "models/head.h"

namespace hitscope::models::classical::trees {

/// Borrowed training rows; they must outlive the call.
struct TreeRows {
  const data::Matrix& features;     ///< [n_rows, n_columns], finite
  std::span<const int> targets;     ///< [n_rows], 0..n_classes-1; unused for numbers
  std::span<const double> values;   ///< [n_rows]; unused for classes
  std::span<const double> weights;  ///< [n_rows], >= 0, not all 0; empty: all 1
};

struct TreesOptions {
  int n_classes = 0;  ///< number of classes, >= 2; 0: numbers
  std::uint64_t seed = 1;
  int n_threads = 1;                           ///< threads of the fit, >= 1
  const std::atomic<bool>* stop = nullptr;     ///< once it is set, the fit returns early without trees; may be null
  std::function<void(const Epoch&)> on_epoch;  ///< called after each round of boosted trees; may be empty
};

struct ForestConfig {
  int n_estimators = 100;     ///< number of trees, >= 1
  bool has_bootstrap = true;  ///< each tree sees rows drawn with replacement, else all
  /// Without a maximum of features, of classes the root of the number of columns is tried in a node, of numbers all.
  TreeRules rules{};
};

/// Trees that correct one another: scikit-learn's GradientBoostingClassifier and -Regressor.
struct GradientBoostingConfig {
  int n_estimators = 100;      ///< rounds, of a tree for each output
  double learning_rate = 0.1;  ///< factor of what each tree says
  double subsample = 1.0;      ///< share of the rows that each tree sees
  TreeRules rules{.max_depth = 3};
};

/// Trees on rows that weigh more where earlier ones err: SAMME for classes, R2 (linear loss) for numbers.
struct AdaBoostConfig {
  int n_estimators = 50;
  double learning_rate = 1.0;
  int max_depth = 0;  ///< 0: scikit-learn's, 1 for classes and 3 for numbers
};

struct BoostingConfig {
  int max_rounds = 500;          ///< limit of rounds with validation rows, >= 1
  int rounds_unvalidated = 100;  ///< rounds without validation rows, >= 1
  int patience = 10;             ///< rounds without a better validation loss before stopping, >= 1
  int max_depth = 6;             ///< largest depth of a tree, >= 1
  double learning_rate = 0.1;    ///< factor of the predictions of each new tree, (0, 1]
};

class Trees {
 public:
  Trees() = default;
  virtual ~Trees() = default;
  Trees(const Trees&) = delete;
  Trees& operator=(const Trees&) = delete;

  virtual int n_classes() const = 0;  ///< 0 for numbers
  virtual std::size_t n_columns() const = 0;
  virtual std::size_t n_nodes() const = 0;
  virtual std::string to_bytes() const = 0;
  /// Class probabilities [n_rows, n_classes] of `features` [n_rows, n_columns]. Throws std::logic_error for trees of
  /// numbers, std::invalid_argument for another number of columns or a value that is not finite.
  data::Probabilities predict_probabilities(const data::Matrix& features) const;
  /// Predicted numbers [n_rows] of `features` [n_rows, n_columns]. Throws like predict_probabilities, with
  /// std::logic_error for trees of classes.
  std::vector<double> predict_values(const data::Matrix& features) const;

  int n_threads = 1;  ///< threads for predictions

 private:
  /// Predictions [n_rows, max(n_classes, 1)] of features that were checked.
  virtual std::vector<double> predict(const data::Matrix& features) const = 0;
};

struct FittedTrees {
  std::unique_ptr<Trees> trees;  ///< null if `stop` was set
  std::vector<Epoch>
      history;  ///< boosted trees: one entry per round, with mean log loss (natural) or mean squared error
};

/// Fits a random forest. Throws std::invalid_argument for no rows, spans of wrong lengths and values out of range.
FittedTrees fit_random_forest(const TreeRows& train, const TreesOptions& options, const ForestConfig& config = {});
FittedTrees fit_gradient_boosting(const TreeRows& train, const TreesOptions& options,
                                  const GradientBoostingConfig& config = {});
FittedTrees fit_adaboost(const TreeRows& train, const TreesOptions& options, const AdaBoostConfig& config = {});
/// Fits boosted trees and keeps the rounds up to the best validation loss; `validation` may have no rows (see
/// BoostingConfig). Throws like fit_random_forest.
FittedTrees fit_boosted_trees(const TreeRows& train, const TreeRows& validation, const TreesOptions& options,
                              const BoostingConfig& config = {});

/// The forest, gradient boosting or AdaBoost that to_bytes() wrote. Throws std::runtime_error for other bytes; a
/// checksum finds accidental damage.
std::unique_ptr<Trees> ensemble_from_bytes(std::string_view bytes);
/// The boosted trees that to_bytes() wrote, in a format of our own (see boosted_ensemble.h). Throws like
/// ensemble_from_bytes.
std::unique_ptr<Trees> boosted_trees_from_bytes(std::string_view bytes);

}  // namespace hitscope::models::classical::trees
