// The front end of musicnn (Pons and others, 2018): tall filters respond to timbre at any pitch, wide ones to rhythm.
//
// Input [n, 1, n_bins, width]. Layers: vertical filters of 0.4 and 0.7 of the bins by 7 frames (32 of each, their
// maximum over bins) and horizontal ones of 33 and 65 frames over the bins' mean (16 of each); batch norm, ReLU; three
// convolutions of 7 frames with 64 channels, the second and third with residual connections; mean and maximum over time
// of all four layers; dense 200. Keys: vertical.K.*, horizontal.K.*, middle.K.*, dense.*, with norms. It takes any
// width. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include "models/neural/networks/batch_norm.h"
#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct MusicnnImpl : SpectrogramNetworkImpl {
  explicit MusicnnImpl(const SpectrogramShape& shape);
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  torch::nn::ModuleList vertical;
  torch::nn::ModuleList horizontal;
  torch::nn::ModuleList middle;
  SharedBatchNorm1d front_norm;
  torch::nn::Linear dense;
  SharedBatchNorm1d dense_norm;
};
TORCH_MODULE(Musicnn);

}  // namespace hitscope::models::neural::networks
