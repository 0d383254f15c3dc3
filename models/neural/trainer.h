// The training loop of neural heads: Adam, shuffled batches, early stopping on validation loss, best weights restored.
//
// Everything random is drawn from (seed, epoch), so a run that goes on from a checkpoint equals one that was never
// interrupted. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <functional>

#include "models/head.h"

namespace hitscope::models {

struct TrainingProblem {
  torch::nn::Module& network;
  /// Inputs of the given rows, [n, …].
  std::function<torch::Tensor(std::span<const std::size_t> rows)> inputs;
  /// Logits [n, n_classes] of inputs; of a regression [n, 1], the standardised value.
  std::function<torch::Tensor(const torch::Tensor& inputs)> forward;
  std::span<const int> targets;       ///< by row; empty for a regression
  std::span<const double> values;     ///< by row, standardised, of a regression; else empty
  std::vector<double> class_weights;  ///< of the training loss; empty: all 1
  double learning_rate = 1e-3;        ///< where FitOptions gives none
};

/// Rows as TrainingProblem::inputs numbers them; a row may stand more than once.
struct TrainingRows {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
};

/// Minimises the cross-entropy, or the mean squared error of a regression. Fits problem.network; afterwards it holds
/// the weights of the epoch with the lowest validation loss and is in evaluation mode. Throws std::runtime_error when
/// the loss is not finite or a checkpoint is not this network's.
FitSummary train_network(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options);

/// What the network gives for `rows`, [n, n_outputs] float64, in batches, in evaluation mode.
torch::Tensor network_outputs(const TrainingProblem& problem, std::span<const std::size_t> rows);
/// Softmax of [n, n_classes] logits.
Probabilities probabilities_of(const torch::Tensor& logits);

}  // namespace hitscope::models
