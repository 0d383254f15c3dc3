// The training loop of neural heads: AdamW, shuffled batches, a schedule, early stopping on validation rows, best
// weights restored.
//
// Everything random is drawn from (seed, epoch, step), so a run that goes on from a checkpoint, in the middle of an
// epoch too, equals one that was never interrupted. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <functional>
#include <string>

#include "models/head.h"
#include "models/neural/batch_feed.h"
#include "models/neural/networks/spectrogram_network.h"
#include "models/neural/objective.h"
#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural {

struct TrainingProblem {
  torch::nn::Module& network;
  Objective objective;
  /// Rows as validation and prediction see them.
  std::function<Batch(std::span<const std::size_t> rows)> inputs;
  /// Outputs [n, n_outputs] of a batch: logits, or a standardised value.
  std::function<torch::Tensor(const Batch& batch)> forward;
  recipes::Recipe recipe{};  ///< the network's own
  std::string identity{};    ///< of network and inputs, in words: a checkpoint of another is refused
  /// What the network learns from `rows` in this epoch; empty: their inputs as they are. Called on another thread,
  /// while the step before it runs.
  std::function<Batch(std::span<const std::size_t> rows, int epoch)> training_batch{};
  /// Outputs of rows, where they are more than forward(inputs(rows)), such as means over windows; empty: that.
  std::function<torch::Tensor(std::span<const std::size_t> rows)> judge{};
  /// Where the network reads which rows of a batch it has; nullptr: it cannot be trained by several processes.
  networks::BatchShare* share = nullptr;
};

/// Rows as TrainingProblem::inputs numbers them; a row may stand more than once.
struct TrainingRows {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
};

/// Minimises the objective's cost, with FitOptions::ranks in several processes that hold the same rows: each learns its
/// part of batches of batch_size times their number, and all come to the same weights. Only rank 0's options.checkpoint
/// counts, and only it need save. Fits problem.network; afterwards it holds the weights of the best epoch and is in
/// evaluation mode, on the CPU. Throws std::runtime_error when the loss is not finite (the batch having been saved) or
/// a checkpoint is not this network's, std::invalid_argument for options it cannot use.
FitSummary train_network(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options);

/// What the network gives for `rows`, [n, n_outputs] float64, in batches, in evaluation mode.
torch::Tensor network_outputs(const TrainingProblem& problem, std::span<const std::size_t> rows);
/// Softmax of [n, n_classes] logits.
data::Probabilities probabilities_of(const torch::Tensor& logits);

/// "cpu", "cuda" or "cuda:1". Throws std::invalid_argument for another name, or one that this LibTorch does not have.
torch::Device device_from(const std::string& name);

}  // namespace hitscope::models::neural
