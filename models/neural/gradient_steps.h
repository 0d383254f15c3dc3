// One step of training after another: batches of an epoch in, gradients and a step of the optimiser out.
//
// Internal to models (includes LibTorch). Thread safety: one thread.
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

  /// Everything is borrowed. The network lies on its device already.
  GradientSteps(const TrainingProblem& problem, std::span<const std::size_t> train, const FitOptions& options,
                const recipes::Recipe& recipe, SharedTraining& shared);

  AdamW& optimizer() { return optimizer_; }

  /// The training rows of an epoch, and their batches, of all ranks together.
  std::vector<std::size_t> order_of(int epoch) const;
  Batches batches_of_order(std::span<const std::size_t> order) const;
  /// This rank's parts of them.
  BatchFeed feed(const Batches& batches, int epoch) const;

  struct Learned {
    double cost = 0.0;  ///< sum over the rows of all ranks
    double weight = 0.0;
    bool stop = false;  ///< some rank was told to
  };
  /// Learns batches [first, end) and takes one step. Throws std::runtime_error where a cost is not finite.
  Learned learn(BatchFeed& ahead, const Batches& batches, std::size_t first, std::size_t end, int epoch,
                double learning_rate);

  /// Steps at rising rates, on weights that are put back afterwards.
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
  std::size_t searched_ = 0;  // batches of the search's epoch before this one
};

}  // namespace hitscope::models::neural
