// A convolutional recurrent network (Choi and others, 2017): convolutions that shorten the clip, then a recurrent layer
// over time.
//
// Input [n, 1, n_bins, width]. Layers: three stages of conv 3x3, batch norm, ReLU and max-pooling (2 x 2, 2 x 2, 4 x 2;
// by 1 along a side that is too short) with 32, 64 and 128 channels; the mean over the remaining bins; a bidirectional
// GRU of 64 units; its mean over time. Keys: convolutions.K.*, norms.K.*, gru.*. It has 0.17 million parameters and
// takes any width. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per network.
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
