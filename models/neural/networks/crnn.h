// Convolutions that shorten, then a recurrent layer that reads what they leave in its order (Choi and others, 2017).
//
// [n, 1, n_bins, width]: three stages of conv 3x3, batch norm, ReLU and max-pooling (2 x 2, 2 x 2, 4 x 2; where a side
// is too short for that, by 1) with 32, 64 and 128 channels; the mean over what is left of the bins; a bidirectional
// GRU of 64 units; its mean over time. Keys convolutions.K.*, norms.K.*, gru.*. 0.17 million parameters; any width.
#pragma once

#include "models/neural/networks/convolution_stages.h"
#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct CrnnImpl : SpectrogramNetworkImpl {
  explicit CrnnImpl(const SpectrogramShape& shape);
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  torch::nn::GRU gru;
  ConvolutionStages stages;
};
TORCH_MODULE(Crnn);

}  // namespace hitscope::models::neural::networks
