// Trees and how their answers make one. Internal to models/classical.
// Thread safety: a free function without shared state.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "models/classical/trees/tree.h"
#include "models/classical/trees/trees.h"

namespace hitscope::models::classical::trees {

enum class Combining : std::uint32_t {
  kMean,    ///< of the leaves' shares or numbers: forests
  kSum,     ///< of numbers, log-odds for classes: gradient boosting
  kVote,    ///< for the class of each leaf, by the trees' weights: AdaBoost
  kMedian,  ///< of numbers, by the trees' weights: AdaBoost.R2
};

struct EnsembleModel {
  Combining combining = Combining::kMean;
  int n_classes = 0;  ///< 0: numbers
  std::size_t n_columns = 0;
  std::vector<Tree> trees;
  std::vector<double> base;     ///< [n_outputs] of kSum, before the first tree; else empty
  std::vector<double> weights;  ///< [n_trees] of kVote and kMedian; else empty

  /// Whether leaves hold numbers instead of shares of classes.
  bool has_numbers() const { return n_classes == 0 || combining == Combining::kSum; }
  /// Outputs of kSum: classes, or 1 for numbers and two classes.
  std::size_t n_outputs() const { return n_classes > 2 ? static_cast<std::size_t>(n_classes) : 1; }
};

/// `model` for predictions.
std::unique_ptr<Trees> ensemble_of(EnsembleModel model, int n_threads);

}  // namespace hitscope::models::classical::trees
