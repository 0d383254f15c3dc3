// What a training step does over ranks: every rank learns its part of each batch, and all take the same step.
//
// Alone, each function gives back what it was given. Internal to models (includes LibTorch).
// Thread safety: one thread, but part(), which is const.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <string>

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::ranks {
class Ranks;
}

namespace hitscope::models::neural {

class SharedTraining {
 public:
  /// Until it is destroyed, `network` normalises over all ranks' rows, and begins with rank 0's weights. `ranks` is
  /// nullptr for one process; `share` where the network reads which rows it has, or nullptr.
  SharedTraining(ranks::Ranks* ranks, torch::nn::Module& network, networks::BatchShare* share);
  ~SharedTraining();
  SharedTraining(const SharedTraining&) = delete;
  SharedTraining& operator=(const SharedTraining&) = delete;

  std::size_t n_ranks() const;
  /// Bytes of rank 0.
  std::string of_first(const std::string& bytes) const;
  /// The rows of this rank, of a batch of at least n_ranks() rows.
  std::span<const std::size_t> part(std::span<const std::size_t> batch) const;
  /// The network is about to be given part(batch) of `batch`.
  void begin(std::span<const std::size_t> batch);
  /// Outputs of the whole batch, from each rank's; their gradient goes to the rank they came from, n_ranks() times.
  torch::Tensor whole(const torch::Tensor& output, std::size_t n_rows) const;

  struct Step {
    double cost = 0.0;  ///< of all ranks
    bool stop = false;  ///< some rank was told to
  };
  /// Sums the parameters' gradients over all ranks, and what this one says.
  Step joined(const Step& own);
  bool any(bool flag) const;
  /// float64 outputs [n, n_outputs] of `rows`, of which `judge` is asked for a part on each rank.
  template <typename Judge>
  torch::Tensor judged(std::span<const std::size_t> rows, const Judge& judge) const {
    if (n_ranks() == 1 || rows.size() < n_ranks()) return judge(rows);
    return whole(judge(part(rows)), rows.size());
  }

 private:
  std::size_t first_of(std::size_t n_rows, std::size_t rank) const { return n_rows * rank / n_ranks(); }

  ranks::Ranks* ranks_;
  torch::nn::Module& network_;
  networks::BatchShare* share_;
};

}  // namespace hitscope::models::neural
