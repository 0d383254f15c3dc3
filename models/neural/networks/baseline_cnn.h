// The baseline CNN, after those of published work on hit prediction.
//
// Input [n, 1, n_bins, width]. Layers: conv 3x3 1->32, max-pool 2x2, ReLU (pooling first gives the same values and is
// faster), flatten, dense 64, ReLU. Keys: conv.*, dense.*. The dense layer fixes the width. Parameters: 32 * 9 + 32 +
// 64 * (32 * (n_bins - 2) / 2 * (width - 2) / 2 + 1) + 65 * n_outputs, which is 8.1 million for 128 x 128. Internal to
// models (includes LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::models::neural::networks {

struct BaselineCnnImpl : SpectrogramNetworkImpl {
  explicit BaselineCnnImpl(const SpectrogramShape& shape);
  torch::Tensor maps(const torch::Tensor& x) override;
  torch::Tensor summary(const torch::Tensor& maps) override;

  static std::int64_t n_flat(const SpectrogramShape& shape) {
    return 32 * ((shape.n_bins - 2) / 2) * ((shape.n_frames - 2) / 2);
  }

  torch::nn::Conv2d conv;
  torch::nn::Linear dense;
};
TORCH_MODULE(BaselineCnn);

}  // namespace hitscope::models::neural::networks
