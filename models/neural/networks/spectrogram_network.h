// What every network on spectrograms is: decibels in, standardised per row (mel band, frequency bin or coefficient) by
// training statistics, a vector per clip by what the network is about, one linear layer out.
//
// Where it is given table columns too, a dense layer of 64 units on them (batch norm, ReLU) stands beside that vector.
// Ordered classes may come from a cumulative link (McCullagh, 1980): one score, and n_classes - 1 cut points that it
// lies between; what comes out are then logarithms of the classes' probabilities, which are logits like any others.
// Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "models/neural/recipes/augmentation.h"
#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural::networks {

struct SpectrogramShape {
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   ///< of the windows it is given; only the baseline CNN needs it
  std::int64_t n_outputs = 1;  ///< classes, or 1 for a value
  recipes::ClipNormalisation normalisation = recipes::ClipNormalisation::kNone;
  std::int64_t n_columns = 0;  ///< of the table, encoded; 0: it sees spectrograms only
  recipes::ObjectiveKind objective = recipes::ObjectiveKind::kPlain;  ///< kOrdinal: n_outputs ordered classes
};

/// Which rows of a batch that several processes share a network is given.
struct BatchShare {
  std::int64_t n_rows = 0;  ///< of the whole batch; 0: it is given all
  std::int64_t first = 0;   ///< place of its first row in the batch
};

/// Parameters under `output.*` (`columns.*`, `cut_points` [n_outputs - 1]: the first, and what softplus makes the gaps
/// of) and what the network adds; buffers `input_mean`, `input_std` [n_bins].
class SpectrogramNetworkImpl : public torch::nn::Module {
 public:
  SpectrogramNetworkImpl(const SpectrogramShape& shape, std::int64_t n_features);

  /// [n, 1, n_bins, width] decibels, and [n, n_columns] where it has columns, to [n, n_outputs] logits.
  torch::Tensor forward(const torch::Tensor& decibels, const torch::Tensor& columns = {});
  /// [n, 1, n_bins, width] decibels to the same, standardised.
  torch::Tensor standardised(const torch::Tensor& decibels) const;
  /// Standardised to what the last convolution makes of them, after its activation: [n, channels, h, w], h x w places
  /// that lie evenly over the bins and frames; h is 1 where a network keeps no bins apart. The baseline's are pooled.
  virtual torch::Tensor maps(const torch::Tensor& x) = 0;
  /// Maps to [n, n_features].
  virtual torch::Tensor summary(const torch::Tensor& maps) = 0;
  /// [n, 1, n_bins, width] standardised to [n, n_features].
  torch::Tensor embed(const torch::Tensor& x) { return summary(maps(x)); }
  /// [n, n_features], and [n, n_columns] where it has columns, to [n, n_outputs].
  torch::Tensor logits(const torch::Tensor& features, const torch::Tensor& columns = {});

  torch::Tensor input_mean;
  torch::Tensor input_std;
  /// While it learns: dropout draws what it would for the whole batch.
  BatchShare share;

 private:
  /// [n, 1] scores to [n, n_outputs] logarithms of probabilities.
  torch::Tensor linked(const torch::Tensor& score) const;
  torch::Tensor dropped(const torch::Tensor& embedding) const;

  torch::nn::Linear output_;
  torch::nn::Sequential columns_{nullptr};
  torch::Tensor cut_points_;
  recipes::ClipNormalisation normalisation_;
};

/// "cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn".
std::vector<std::string_view> network_names();
/// Throws std::invalid_argument for an unknown name, or a shape that is too small for the network.
std::shared_ptr<SpectrogramNetworkImpl> make_network(std::string_view name, const SpectrogramShape& shape);

}  // namespace hitscope::models::neural::networks
