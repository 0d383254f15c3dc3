// Batch normalisation as torch's; where ranks train together, over the rows of all ranks (like PyTorch's
// SyncBatchNorm).
//
// Maps [n, channels, …] to the same shape; keys and buffers are torch's. In a single process, or in evaluation mode, it
// is torch's. With ranks, training normalises by the mean and the variance of all ranks' rows (which may be divided
// unevenly; a rank may have none), and the running statistics become on every rank what torch computes for the whole
// batch. The gradients of weight and bias are this rank's share, to be summed like all others. Each direction takes one
// sum over ranks, so all ranks must go forward and backward together. Statistics are float32 or better whatever the
// input is. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per module.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace hitscope::models::neural::ranks {
class Ranks;
}

namespace hitscope::models::neural::networks {

/// The part of a batch norm that share_batch_norms() sets.
class BatchNormOfRanks {
 public:
  virtual ~BatchNormOfRanks() = default;
  /// The ranks whose rows are normalised together; nullptr: this process alone.
  ranks::Ranks* ranks = nullptr;

 protected:
  /// `x` normalised over all ranks; updates the running statistics.
  torch::Tensor normed(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                       torch::Tensor& running_mean, torch::Tensor& running_var, double momentum, double eps) const;
};

/// A batch norm over `kSides` spatial axes with torch's default options. It derives from the base of
/// torch::nn::BatchNorm2d that holds parameters and buffers, because BatchNorm2d itself does not link when derived from
/// outside LibTorch.
template <std::size_t kSides>
class SharedBatchNormImpl
    : public torch::nn::NormImplBase<kSides, SharedBatchNormImpl<kSides>, torch::nn::BatchNormOptions>,
      public BatchNormOfRanks {
 public:
  explicit SharedBatchNormImpl(std::int64_t n_channels)
      : SharedBatchNormImpl(torch::nn::BatchNormOptions(n_channels)) {}
  explicit SharedBatchNormImpl(const torch::nn::BatchNormOptions& options)
      : torch::nn::NormImplBase<kSides, SharedBatchNormImpl, torch::nn::BatchNormOptions>(options) {}

  torch::Tensor forward(const torch::Tensor& x) {
    this->_check_input_dim(x);
    const double momentum = this->options.momentum().value_or(0.1);
    if (this->is_training()) this->num_batches_tracked += 1;
    if (ranks != nullptr && this->is_training()) {
      return normed(x, this->weight, this->bias, this->running_mean, this->running_var, momentum, this->options.eps());
    }
    return torch::nn::functional::batch_norm(x, this->running_mean, this->running_var,
                                             torch::nn::functional::BatchNormFuncOptions()
                                                 .weight(this->weight)
                                                 .bias(this->bias)
                                                 .training(this->is_training())
                                                 .momentum(momentum)
                                                 .eps(this->options.eps()));
  }

 protected:
  void _check_input_dim(const torch::Tensor& x) override {
    const std::int64_t n_dims = x.dim();
    TORCH_CHECK(kSides == 1 ? n_dims == 2 || n_dims == 3 : n_dims == kSides + 2, "batch norm over ", kSides,
                " sides was given a tensor of ", n_dims, " dimensions");
  }
};

using SharedBatchNorm1dImpl = SharedBatchNormImpl<1>;
using SharedBatchNorm2dImpl = SharedBatchNormImpl<2>;
TORCH_MODULE(SharedBatchNorm1d);
TORCH_MODULE(SharedBatchNorm2d);

/// Makes the batch norms of `network` learn from the rows of all `ranks`, which must outlive their use; nullptr: from
/// this process's rows only.
void share_batch_norms(torch::nn::Module& network, ranks::Ranks* ranks);

}  // namespace hitscope::models::neural::networks
