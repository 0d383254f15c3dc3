// Batch norm as torch's, and, where ranks train together, over the rows of all ranks (as SyncBatchNorm of PyTorch).
//
// [n, channels, …] to the same shape; keys and buffers are torch's. Alone, or in evaluation mode, it is torch's. With
// ranks, training normalises by the mean and the variance of all ranks' rows (which may be unevenly divided, and none
// on a rank), and the running statistics become on all ranks what torch makes of the whole batch; the gradients of
// weight and bias are this rank's share, to be summed as all others. One sum over ranks each way: all must go forward
// and backward together. Statistics are float32 or better whatever the input is. Internal to models (includes
// LibTorch).
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace hitscope::models {

class Ranks;

/// What share_batch_norms() finds.
class BatchNormOfRanks {
 public:
  virtual ~BatchNormOfRanks() = default;
  /// nullptr: alone.
  Ranks* ranks = nullptr;

 protected:
  /// `norm` in training mode, over the rows of all ranks.
  torch::Tensor normed(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                       torch::Tensor& running_mean, torch::Tensor& running_var, double momentum, double eps) const;
};

/// With torch's default options, which is what the networks want.
template <class TorchImpl>
class SharedBatchNormImpl : public TorchImpl, public BatchNormOfRanks {
 public:
  explicit SharedBatchNormImpl(std::int64_t n_channels) : TorchImpl(torch::nn::BatchNormOptions(n_channels)) {}

  torch::Tensor forward(const torch::Tensor& x) {
    if (ranks == nullptr || !this->is_training()) return TorchImpl::forward(x);
    this->_check_input_dim(x);
    this->num_batches_tracked += 1;
    return normed(x, this->weight, this->bias, this->running_mean, this->running_var,
                  this->options.momentum().value_or(0.1), this->options.eps());
  }
};

using SharedBatchNorm1dImpl = SharedBatchNormImpl<torch::nn::BatchNorm1dImpl>;
using SharedBatchNorm2dImpl = SharedBatchNormImpl<torch::nn::BatchNorm2dImpl>;
TORCH_MODULE(SharedBatchNorm1d);
TORCH_MODULE(SharedBatchNorm2d);

/// From now on the batch norms of `network` learn from the rows of all `ranks`, which must outlive their use; nullptr:
/// each from its own again.
void share_batch_norms(torch::nn::Module& network, Ranks* ranks);

}  // namespace hitscope::models
