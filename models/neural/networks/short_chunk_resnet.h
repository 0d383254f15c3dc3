// A residual 2-D CNN on short windows, a strong simple network for music tagging (Won and others, 2020), with fewer
// channels in the last stages so that two cores can train it.
//
// Input [n, 1, n_bins, width]. Layers: residual stages, each of two 3x3 convolutions with batch norm, the first with
// stride 2, and a shortcut of 2x2 average pooling and a 1x1 convolution; as many stages as halve the smaller side to no
// less than 2, at most one per entry of `channels`; then the mean and the maximum over time and bins, concatenated.
// Keys: stages.K.{conv1,norm1,conv2,norm2,shortcut,shortcut_norm}.*. It takes any width. With the default channels (32,
// 64, 128, 128) it has 0.61 million parameters and an embedding of 256 features. Internal to models (includes
// LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct ShortChunkResnetOptions {
  std::vector<std::int64_t> channels{32, 64, 128, 128};  ///< output channels of each stage
};

struct ShortChunkResnetImpl : SpectrogramNetworkImpl {
  explicit ShortChunkResnetImpl(const SpectrogramShape& shape, const ShortChunkResnetOptions& options = {});
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  torch::nn::ModuleList stages;
};
TORCH_MODULE(ShortChunkResnet);

}  // namespace hitscope::models::neural::networks
