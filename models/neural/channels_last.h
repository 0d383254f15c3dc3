// The memory layout in which LibTorch's convolutions are fastest on a CPU. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

namespace hitscope::models::neural {

/// `x` [n, channels, h, w] with the channels of a place adjacent in memory. A tensor of one channel has both layouts at
/// once and is not copied.
inline torch::Tensor channels_last(const torch::Tensor& x) {
  return x.to(x.options(), false, true, torch::MemoryFormat::ChannelsLast);
}

/// Puts the four-dimensional weights of a network into that layout, in place.
inline void make_channels_last(torch::nn::Module& network) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& weight : network.parameters()) {
    if (weight.dim() == 4) weight.set_data(channels_last(weight));
  }
}

}  // namespace hitscope::models::neural
