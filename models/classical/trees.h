// Ensembles of decision trees over a numeric matrix: a random forest and gradient-boosted trees.
//
// Both are fitted to classes (targets) or, where n_classes is 0, to numbers (values), minimising squared error.
// The random forest is scikit-learn 1.2's RandomForestClassifier / -Regressor: fully grown trees on bootstrap samples,
// exact splits by Gini impurity or variance among sqrt(n_columns) columns of each node (all columns for numbers),
// answers of the leaves averaged. It is our own, since no library of Debian 12 meets the need (20,000 tracks, 13
// columns, 3 classes; accuracies agree with scikit-learn's for all three): XGBoost's forest grows trees per class (100
// classes: 10,000 trees), answers with a softmax of sums, wrote 46 MB and took 4 to 6 times as long as scikit-learn;
// OpenCV's RTrees counts whole trees as votes, wrote 97 MB and took 2.5 times as long. The boosted trees are XGBoost's
// (histograms, depth 6, learning rate 0.1), stopped early by the loss on validation rows. Same seed, same rows, same
// thread count: same bytes (the forest: whatever the thread count). Thread safety: a Trees object serves one thread at
// a time, and uses n_threads itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/predictions.h"
#include "models/data/table_encoder.h"
#include "models/head.h"

namespace hitscope::models::classical {

/// Borrowed rows to fit; everything must outlive the call.
struct TreeRows {
  const data::Matrix& features;     ///< finite
  std::span<const int> targets;     ///< [n_rows], 0..n_classes-1; not looked at for numbers
  std::span<const double> values;   ///< [n_rows] for numbers; not looked at for classes
  std::span<const double> weights;  ///< [n_rows], >= 0, not all 0; empty: every row counts 1
};

struct TreesOptions {
  int n_classes = 0;  ///< 0: numbers; else >= 2
  std::uint64_t seed = 1;
  int n_threads = 1;                           ///< >= 1
  const std::atomic<bool>* stop = nullptr;     ///< once set, the fit returns early, with nothing
  std::function<void(const Epoch&)> on_epoch;  ///< boosted trees: after each round; may be empty
};

struct ForestConfig {
  int n_estimators = 100;  ///< trees, >= 1
};

struct BoostingConfig {
  int max_rounds = 500;          ///< >= 1, where there are validation rows
  int rounds_unvalidated = 100;  ///< >= 1, where there are none
  int patience = 10;             ///< rounds without a better validation loss before stopping, >= 1
  int max_depth = 6;             ///< >= 1
  double learning_rate = 0.1;    ///< (0, 1]
};

class Trees {
 public:
  Trees() = default;
  virtual ~Trees() = default;
  Trees(const Trees&) = delete;
  Trees& operator=(const Trees&) = delete;

  virtual int n_classes() const = 0;  ///< 0: numbers
  virtual std::size_t n_columns() const = 0;
  virtual std::size_t n_nodes() const = 0;
  virtual std::string to_bytes() const = 0;
  /// Throws std::logic_error for trees of numbers, std::invalid_argument for another number of columns or a value that
  /// is not finite.
  data::Probabilities predict_probabilities(const data::Matrix& features) const;
  /// [n_rows]; the same of trees of classes.
  std::vector<double> predict_values(const data::Matrix& features) const;

  int n_threads = 1;  ///< for predictions

 private:
  /// [n_rows, max(n_classes, 1)] of checked features.
  virtual std::vector<double> predict(const data::Matrix& features) const = 0;
};

struct FittedTrees {
  std::unique_ptr<Trees> trees;  ///< null where `stop` was set
  std::vector<Epoch> history;    ///< boosted trees: a line per round, losses in mean natural log loss or squared error
};

/// Throws std::invalid_argument for no rows, spans that do not fit, values out of range.
FittedTrees fit_random_forest(const TreeRows& train, const TreesOptions& options, const ForestConfig& config = {});
/// Keeps the rounds up to the best validation loss. `validation` without rows: see BoostingConfig. Throws as above.
FittedTrees fit_boosted_trees(const TreeRows& train, const TreeRows& validation, const TreesOptions& options,
                              const BoostingConfig& config = {});

/// What to_bytes() wrote. Throws std::runtime_error for anything else. A checksum finds accidental damage.
std::unique_ptr<Trees> random_forest_from_bytes(std::string_view bytes);
/// XGBoost's UBJSON followed by the checksum: XGBoost reads it too (numbers then come out less the attribute
/// hitscope_mean, divided by hitscope_scale). XGBoost's reader trusts its input, so a file that
/// somebody forged, checksum and all, is not safe to load.
std::unique_ptr<Trees> boosted_trees_from_bytes(std::string_view bytes);

}  // namespace hitscope::models::classical
