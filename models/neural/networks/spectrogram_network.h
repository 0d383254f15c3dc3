// What every network on spectrograms is: decibels in, standardised per row (mel band, frequency bin or coefficient) by
// training statistics, a vector per clip by what the network is about, one linear layer out.
// Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "models/neural/augmentation.h"

namespace hitscope::models {

struct SpectrogramShape {
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   ///< of the windows it is given; only the baseline CNN needs it
  std::int64_t n_outputs = 1;  ///< classes, or 1 for a value
  ClipNormalisation normalisation = ClipNormalisation::kNone;
};

/// Parameters under `output.*` and what the network adds; buffers `input_mean`, `input_std` [n_bins].
class SpectrogramNetworkImpl : public torch::nn::Module {
 public:
  SpectrogramNetworkImpl(const SpectrogramShape& shape, std::int64_t n_features);

  /// [n, 1, n_bins, width] decibels to [n, n_outputs] logits.
  torch::Tensor forward(const torch::Tensor& decibels);
  /// [n, 1, n_bins, width] decibels to the same, standardised.
  torch::Tensor standardised(const torch::Tensor& decibels) const;
  /// Standardised to what the last convolution makes of them, after its activation: [n, channels, h, w], h x w places
  /// that lie evenly over the bins and frames; h is 1 where a network keeps no bins apart. The baseline's are pooled.
  virtual torch::Tensor maps(const torch::Tensor& x) = 0;
  /// Maps to [n, n_features].
  virtual torch::Tensor summary(const torch::Tensor& maps) = 0;
  /// [n, 1, n_bins, width] standardised to [n, n_features].
  torch::Tensor embed(const torch::Tensor& x) { return summary(maps(x)); }
  /// [n, n_features] to [n, n_outputs].
  torch::Tensor logits(const torch::Tensor& features) { return output_(features); }

  torch::Tensor input_mean;
  torch::Tensor input_std;

 private:
  torch::nn::Linear output_;
  ClipNormalisation normalisation_;
};

/// "cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn".
std::vector<std::string_view> network_names();
/// Throws std::invalid_argument for an unknown name, or a shape that is too small for the network.
std::shared_ptr<SpectrogramNetworkImpl> make_network(std::string_view name, const SpectrogramShape& shape);

}  // namespace hitscope::models
