// Four plain convolutions, each halving both sides: in size between the baseline and the residual network.
//
// Input [n, 1, n_bins, width]. Layers: four times conv 3x3, batch norm, max-pool 2x2 (not along a side of length 1) and
// ReLU with 32, 64, 128 and 128 channels; then the mean over time and bins. Pooling before the ReLU gives the same
// values and is faster; the last stage pools after it, so that Grad-CAM has finer maps. Keys: convolutions.K.*,
// norms.K.*. It has 0.24 million parameters and takes any width. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include "models/neural/networks/convolution_stages.h"
#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct FourBlockCnnImpl : SpectrogramNetworkImpl {
  explicit FourBlockCnnImpl(const SpectrogramShape& shape);
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  ConvolutionStages stages;
};
TORCH_MODULE(FourBlockCnn);

}  // namespace hitscope::models::neural::networks
