// Training steps: takes the batches of an epoch, computes gradients and steps the optimiser.
//
// Internal to models (includes LibTorch). Seeds LibTorch's global generator before each batch.
// Thread safety: one object at a time per process.
#pragma once

#include <torch/torch.h>

#include <span>
#include <vector>

#include "models/neural/adamw.h"
#include "models/neural/shared_training.h"
#include "models/neural/trainer.h"

namespace hitscope::models::neural {

class GradientSteps {
 public:
  using Batches = std::vector<std::span<const std::size_t>>;

  /// Borrows its arguments. The network must already be on its device.
  GradientSteps(const TrainingProblem& problem, std::span<const std::size_t> train, const FitOptions& options,
                const recipes::Recipe& recipe, SharedTraining& shared);

  AdamW& optimizer() { return optimizer_; }

  /// The training rows of an epoch in the order in which all ranks together learn them.
  std::vector<std::size_t> order_of(int epoch) const;
  Batches batches_of_order(std::span<const std::size_t> order) const;
  /// A feed of this rank's parts of `batches`.
  BatchFeed feed(const Batches& batches, int epoch) const;

  struct Learned {
    double cost = 0.0;  ///< sum of the costs over the rows of all ranks
    double weight = 0.0;
    bool stop = false;  ///< some rank was told to stop
  };
  /// Adds up the gradients of batches [first, end) and takes one step. Throws std::runtime_error where a cost is not
  /// finite.
  Learned learn(BatchFeed& ahead, const Batches& batches, std::size_t first, std::size_t end, int epoch,
                double learning_rate);

  /// The learning-rate range test: steps at rising rates, after which the weights are restored.
  std::vector<LearningRateTrial> search();

 private:
  double add_gradients(const Batch& batch, std::span<const std::size_t> whole, double total, int epoch,
                       std::size_t step);
  [[noreturn]] void refuse(const Batch& batch, const torch::Tensor& output, int epoch, std::size_t step) const;
  void update(double learning_rate);

  const TrainingProblem& problem_;
  std::span<const std::size_t> train_;
  const FitOptions& options_;
  const recipes::Recipe& recipe_;
  SharedTraining& shared_;
  torch::Device device_;
  AdamW optimizer_;
  bool is_searching_ = false;
  std::size_t searched_ = 0;  // index in its epoch of the batch that the range test learns
};

}  // namespace hitscope::models::neural
