// Residual 2-D CNN on short windows, the tagging literature's strong simple choice (Won and others, 2020), narrower at
// the top so that two cores train it.
//
// [n, 1, n_bins, width]: residual stages, each of two 3x3 convolutions with batch norm, the first with stride 2, and
// beside them means of 2x2 and a 1x1 convolution; as many stages as halve the smaller side to no less than 2, at most
// one per entry of `channels`; then the mean and the maximum over time and bins, side by side. Any width will do. Keys
// stages.K.{conv1,norm1,conv2,norm2,shortcut,shortcut_norm}.*. With the default channels (32, 64, 128, 128) 0.61
// million parameters and an embedding of 256.
#pragma once

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct ShortChunkResnetOptions {
  std::vector<std::int64_t> channels{32, 64, 128, 128};  ///< of the stages
};

struct ShortChunkResnetImpl : SpectrogramNetworkImpl {
  explicit ShortChunkResnetImpl(const SpectrogramShape& shape, const ShortChunkResnetOptions& options = {});
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  torch::nn::ModuleList stages;
};
TORCH_MODULE(ShortChunkResnet);

}  // namespace hitscope::models::neural::networks
