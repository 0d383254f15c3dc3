// The training loop of neural heads: AdamW, shuffled batches, a schedule, early stopping on validation rows, best
// weights restored.
//
// All random numbers are drawn from (seed, epoch, step), so a run that continues from a checkpoint, even within an
// epoch, equals one that was never interrupted. Internal to models (includes LibTorch).
// Thread safety: training seeds LibTorch's global generator, so one training at a time per process; prediction is one
// thread at a time per network.
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
  /// Inputs of rows for validation and prediction.
  std::function<Batch(std::span<const std::size_t> rows)> inputs;
  /// Outputs [n, n_outputs] of a batch: logits, or standardised values.
  std::function<torch::Tensor(const Batch& batch)> forward;
  recipes::Recipe recipe{};  ///< settings of the training
  std::string identity{};    ///< describes network and inputs; a checkpoint with another one is refused
  /// The batch that the network learns from `rows` in this epoch; empty: `inputs`. Called on another thread while the
  /// previous step runs.
  std::function<Batch(std::span<const std::size_t> rows, int epoch)> training_batch{};
  /// Outputs [n, n_outputs] of rows if they are not simply forward(inputs(rows)), such as means over windows; empty:
  /// forward(inputs(rows)).
  std::function<torch::Tensor(std::span<const std::size_t> rows)> judge{};
  /// Where the network reads which rows of a shared batch it has; nullptr: FitOptions::ranks is ignored and every
  /// process trains alone.
  networks::BatchShare* share = nullptr;
};

/// Rows as TrainingProblem::inputs numbers them; a row may occur more than once.
struct TrainingRows {
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
};

/// Fits problem.network by minimising the objective's cost; afterwards the network holds the weights of the best epoch
/// and is in evaluation mode on the CPU. With FitOptions::ranks, several processes that hold the same rows each learn
/// their part of every batch (batch_size times their number of rows) and arrive at the same weights; only rank 0's
/// options.checkpoint is read, and only rank 0 need save. Throws std::runtime_error when the loss is not finite
/// (FitOptions::save_batch gets the batch first) or the checkpoint is of another network, std::invalid_argument for
/// options it cannot use.
FitSummary train_network(const TrainingProblem& problem, const TrainingRows& rows, const FitOptions& options);

/// Throws CheckpointError where a training of a network with this recipe of its own cannot go on from
/// options.checkpoint under the limits of `options`.
void check_limits(const FitOptions& options, const recipes::Recipe& own);

/// Outputs of the network in evaluation mode for `rows`, [rows.size(), n_outputs] float64.
torch::Tensor network_outputs(const TrainingProblem& problem, std::span<const std::size_t> rows);
/// Softmax of `logits` [n, n_classes].
data::Probabilities probabilities_of(const torch::Tensor& logits);

/// The device called "cpu", "cuda" or, for example, "cuda:1". Throws std::invalid_argument for another name, or one
/// that this LibTorch does not have.
torch::Device device_from(const std::string& name);

}  // namespace hitscope::models::neural
