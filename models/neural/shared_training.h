// Divides a training step over ranks: every rank learns its part of each batch, and all take the same step.
//
// In a single process each function returns what it was given. Internal to models (includes LibTorch).
// Thread safety: one thread at a time, except for part() and n_ranks(), which any thread may call.
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
  /// Gives `network` rank 0's weights and makes its batch norms use all ranks' rows until this object is destroyed.
  /// `ranks` is nullptr for a single process. `share` is where the network reads which rows of a batch it has; nullptr:
  /// this process trains alone, whatever `ranks` is.
  SharedTraining(ranks::Ranks* ranks, torch::nn::Module& network, networks::BatchShare* share);
  ~SharedTraining();
  SharedTraining(const SharedTraining&) = delete;
  SharedTraining& operator=(const SharedTraining&) = delete;

  std::size_t n_ranks() const;
  /// The `bytes` that rank 0 gave.
  std::string of_first(const std::string& bytes) const;
  /// This rank's rows of a batch of at least n_ranks() rows.
  std::span<const std::size_t> part(std::span<const std::size_t> batch) const;
  /// Announces that the network will be given part(batch) of `batch`.
  void begin(std::span<const std::size_t> batch);
  /// Outputs [n_rows, n_outputs] of the whole batch, gathered from all ranks. Each rank's part gets its gradient
  /// multiplied by n_ranks().
  torch::Tensor whole(const torch::Tensor& output, std::size_t n_rows) const;

  struct Step {
    double cost = 0.0;  ///< sum over all ranks
    bool stop = false;  ///< some rank was told to stop
  };
  /// Sums the parameters' gradients over all ranks and joins every rank's `own`.
  Step joined(const Step& own);
  bool any(bool flag) const;
  /// Outputs [rows.size(), n_outputs], float64, of `rows`; each rank calls `judge` for its part.
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
