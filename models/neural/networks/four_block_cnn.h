// Four plain convolutions, each halving both sides: what is between the baseline and the residual network.
//
// [n, 1, n_bins, width]: four times conv 3x3, batch norm, max-pool 2x2 (where a side is of one place, not), ReLU
// (pooling first gives the same values and is faster; not so the last, which leaves finer maps to look at), with 32,
// 64, 128 and 128 channels; the mean over time and bins. Keys convolutions.K.*, norms.K.*. 0.24 million parameters; any
// width.
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
