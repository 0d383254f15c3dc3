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
  /// Inputs of the given dataset rows, [n, …].
  std::function<torch::Tensor(std::span<const std::size_t> rows)> inputs;
  /// Logits [n, n_classes] of inputs.
  std::function<torch::Tensor(const torch::Tensor& inputs)> forward;
  std::span<const int> targets;  ///< by dataset row
  double learning_rate = 1e-3;   ///< where FitOptions gives none
};

/// Fits problem.network; afterwards it holds the weights of the epoch with the lowest validation loss and is in
/// evaluation mode. Throws std::runtime_error when the loss is not finite or a checkpoint is not this network's.
FitSummary train_network(const TrainingProblem& problem, const TrainingFold& fold, const FitOptions& options);

/// Softmax of the logits of `rows`, in batches, in evaluation mode.
Probabilities predict_network(const TrainingProblem& problem, std::span<const std::size_t> rows, int n_classes);

}  // namespace hitscope::models
