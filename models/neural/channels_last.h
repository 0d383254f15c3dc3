// The memory layout in which LibTorch's convolutions are fastest on a CPU. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

namespace hitscope::models::neural {

/// Convolutions are faster where channels lie beside each other. Tensors of one channel are both at once, and stay as
/// they are unless they are copied.
inline torch::Tensor channels_last(const torch::Tensor& x) {
  return x.to(x.options(), false, true, torch::MemoryFormat::ChannelsLast);
}

/// The same for the weights of a network.
inline void make_channels_last(torch::nn::Module& network) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& weight : network.parameters()) {
    if (weight.dim() == 4) weight.set_data(channels_last(weight));
  }
}

}  // namespace hitscope::models::neural
