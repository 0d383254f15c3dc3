// The state of a training as the bytes of a checkpoint: weights, optimiser, best weights, moving average, history and
// position in the epoch.
//
// Tensors are stored for the CPU, so that a run can continue on another device. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per object.
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
  tensors::NamedTensors average;  ///< moving average of the weights; empty if the recipe has none
  std::size_t step = 0;           ///< batches of the current epoch that are done
  double cost_sum = 0.0;
  double cost_weight = 0.0;
  double learning_rate = 0.0;
  std::vector<LearningRateTrial> trials;  ///< range test that chose the rate; empty if it was given

  /// Whether training ends here, with at most `max_epochs` epochs and `patience` of them without a better one.
  bool is_over(int max_epochs, int patience) const;
  /// Makes the state of a training with other limits one with these: what lies behind the epoch in which it would have
  /// ended goes. Throws CheckpointError where the best epoch lies there.
  void end_within(int max_epochs, int patience);

  /// Throws CheckpointError where the checkpoint `bytes` does not say what `about` does, or as end_within().
  static void check_limits(const std::string& bytes, const tensors::Metadata& about, int max_epochs, int patience);

  /// As safetensors. `about` says what the state belongs to: the network and its inputs ("identity"), settings.
  std::string to_bytes(torch::nn::Module& network, const AdamW& optimizer, const tensors::Metadata& about) const;
  /// Reads the state and loads network and optimizer from it. Throws CheckpointError for bytes that are no
  /// checkpoint or one of another network, saying which; `network` may be changed then.
  static TrainingState from_bytes(const std::string& bytes, torch::nn::Module& network, AdamW& optimizer,
                                  const tensors::Metadata& about);
};

}  // namespace hitscope::models::neural
