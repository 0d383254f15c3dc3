// Gradient-boosted trees that XGBoost has fitted, as plain nodes: predictions and bytes of our own.
//
// XGBoost's readers trust node numbers, so a model of a stranger could make them read anywhere; here a file holds no
// node numbers (nodes come in preorder), and all that it holds is checked. Predictions are XGBoost 1.7's: sums of
// leaves in float32 in the order of the trees, then its sigmoid or softmax.
// Thread safety: immutable after construction; predictions use n_threads threads of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/classical/trees/trees.h"

namespace hitscope::models::classical::trees {

/// A split (column >= 0: rows with a value below `value` go on at the next node, others at node `right`), or a leaf
/// (column -1) that adds `value`.
struct BoostedNode {
  std::int32_t column = -1;
  std::uint32_t right = 0;
  float value = 0.0F;
};

struct BoostedTree {
  std::uint32_t output = 0;  ///< class that its leaves speak for; 0 for numbers and for two classes
  std::vector<BoostedNode> nodes;
};

struct BoostedModel {
  int n_classes = 0;  ///< 0: numbers
  std::size_t n_columns = 0;
  float base = 0.0F;   ///< margin before the first tree
  double mean = 0.0;   ///< numbers only: what is predicted is margin * scale + mean
  double scale = 1.0;  ///< numbers only
  std::vector<BoostedTree> trees;
};

/// The model in XGBoost's own JSON, which this process has just written. Throws std::runtime_error for another kind.
BoostedModel boosted_model_from_xgboost(const std::string& json, int n_classes);

/// `model` for predictions.
std::unique_ptr<Trees> boosted_trees(BoostedModel model);

}  // namespace hitscope::models::classical::trees
