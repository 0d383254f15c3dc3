// Where a training stands, as the bytes of a checkpoint: weights, optimiser, best weights, their average, history,
// place in the epoch.
//
// Tensors are stored as they lie on the CPU, so that a run goes on where there is another device. Internal to models
// (includes LibTorch). Thread safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "models/head.h"
#include "models/neural/adamw.h"
#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {

struct TrainingState {
  std::vector<Epoch> history;
  tensors::NamedTensors best;     ///< weights of the best epoch; empty before the first
  tensors::NamedTensors average;  ///< of the weights; empty where the recipe has none
  std::size_t step = 0;           ///< batches done of the epoch under way
  double cost_sum = 0.0;
  double cost_weight = 0.0;
  double learning_rate = 0.0;
  std::vector<LearningRateTrial> trials;  ///< that it was chosen by; empty where it was given

  /// `identity` says what network it is, in words.
  std::string to_bytes(torch::nn::Module& network, const AdamW& optimizer, const std::string& identity) const;
  /// Into network and optimizer too. Throws std::runtime_error for bytes that are no checkpoint, or one of another
  /// network, saying which; `network` may be changed then.
  static TrainingState from_bytes(const std::string& bytes, torch::nn::Module& network, AdamW& optimizer,
                                  const std::string& identity);
};

}  // namespace hitscope::models::neural
