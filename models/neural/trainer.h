// The training loop of neural heads: AdamW, shuffled batches, a schedule, early stopping on validation loss, best
// weights restored.
//
// Everything random is drawn from (seed, epoch, step), so a run that goes on from a checkpoint, in the middle of an
// epoch too, equals one that was never interrupted. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <functional>

#include "models/head.h"

namespace hitscope::models {

/// How a network is trained where FitOptions says nothing.
struct Recipe {
  double learning_rate = 1e-3;
  double weight_decay = 0.0;     ///< of AdamW
  double label_smoothing = 0.0;  ///< share of a class's weight that all classes get
  bool cosine = false;     ///< linear warm-up over a twentieth of the steps, then half a cosine to 0; else constant
  double clip_norm = 0.0;  ///< of the gradient; 0: as it is
  double ema_decay = 0.0;  ///< of the weights' moving average, which validates and predicts; 0: none
};

/// What a step learns from.
struct Batch {
  torch::Tensor inputs;                 ///< [n, …]
  std::vector<std::size_t> rows;        ///< [n], whose targets
  std::vector<std::size_t> partners{};  ///< [n], mixed into `rows`; empty: none
  double weight = 1.0;                  ///< of the targets of `rows`
};

struct TrainingProblem {
  torch::nn::Module& network;
  /// Inputs of the given rows, [n, …], as validation and prediction see them.
  std::function<torch::Tensor(std::span<const std::size_t> rows)> inputs;
  /// Logits [n, n_classes] of inputs; of a regression [n, 1], the standardised value.
  std::function<torch::Tensor(const torch::Tensor& inputs)> forward;
  std::span<const int> targets;       ///< by row; empty for a regression
  std::span<const double> values;     ///< by row, standardised, of a regression; else empty
  std::vector<double> class_weights;  ///< of the training loss; empty: all 1
  Recipe recipe{};
  std::string identity{};  ///< of network and inputs, in words: a checkpoint of another is refused
  /// What the network learns from `rows` in this epoch; empty: their inputs as they are. Called on another thread,
  /// while the step before it runs.
  std::function<Batch(std::span<const std::size_t> rows, int epoch)> training_batch{};
  /// Logits of rows, where they are more than forward(inputs(rows)), such as means over windows; empty: that.
  std::function<torch::Tensor(std::span<const std::size_t> rows)> judge{};
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
