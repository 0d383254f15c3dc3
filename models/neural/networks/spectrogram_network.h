// The frame of every network on spectrograms: decibels are standardised per bin (mel band, frequency bin or
// coefficient) by training statistics, the network proper makes a vector per clip, and one linear layer makes the
// outputs.
//
// With table input, a dense layer of 64 units on the columns (batch norm, ReLU) is concatenated with that vector.
// Ordered classes may use a cumulative link (McCullagh, 1980): one score and n_classes - 1 cut points; the outputs are
// then log-probabilities of the classes, which serve as logits. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per network.
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
  std::int64_t n_frames = 0;   ///< frames of a window; only the baseline CNN depends on it
  std::int64_t n_outputs = 1;  ///< number of classes, or 1 for a value
  recipes::ClipNormalisation normalisation = recipes::ClipNormalisation::kNone;
  std::int64_t n_columns = 0;                                         ///< encoded table columns; 0: spectrograms only
  recipes::ObjectiveKind objective = recipes::ObjectiveKind::kPlain;  ///< kOrdinal: n_outputs ordered classes
};

/// The rows that this process's network is given, of a batch that several processes share.
struct BatchShare {
  std::int64_t n_rows = 0;  ///< rows of the whole batch; 0: this process is given all of them
  std::int64_t first = 0;   ///< index in the batch of this process's first row
};

/// Parameters: `output.*`, with table input `columns.*`, for ordered classes `cut_points` [n_outputs - 1] (the first
/// cut point, then the gaps before softplus), and those of the network itself. Buffers: `input_mean` and `input_std`
/// [n_bins].
class SpectrogramNetworkImpl : public torch::nn::Module {
 public:
  SpectrogramNetworkImpl(const SpectrogramShape& shape, std::int64_t n_features);

  /// [n, 1, n_bins, width] decibels, and [n, n_columns] where it has columns, to [n, n_outputs] logits.
  torch::Tensor forward(const torch::Tensor& decibels, const torch::Tensor& columns = {});
  /// [n, 1, n_bins, width] decibels to the same, standardised.
  torch::Tensor standardised(const torch::Tensor& decibels) const;
  /// Standardised input to the activations of the last convolution, [n, channels, h, w]: h x w places spread evenly
  /// over the bins and frames; h is 1 for a network that has merged the bins. The baseline's are pooled.
  virtual torch::Tensor maps(const torch::Tensor& x) = 0;
  /// Activations `maps` to [n, n_features].
  virtual torch::Tensor summary(const torch::Tensor& maps) = 0;
  /// [n, 1, n_bins, width] standardised to [n, n_features].
  torch::Tensor embed(const torch::Tensor& x) { return summary(maps(x)); }
  /// [n, n_features], and [n, n_columns] where it has columns, to [n, n_outputs].
  torch::Tensor logits(const torch::Tensor& features, const torch::Tensor& columns = {});

  torch::Tensor input_mean;
  torch::Tensor input_std;
  /// Used in training, so that dropout draws what it would draw for the whole batch.
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

/// Names for make_network: "cnn", "four_block_cnn", "short_chunk_resnet", "musicnn" and "crnn".
std::vector<std::string_view> network_names();
/// A new network with random weights. Throws std::invalid_argument for an unknown name or a shape that is too small.
std::shared_ptr<SpectrogramNetworkImpl> make_network(std::string_view name, const SpectrogramShape& shape);

}  // namespace hitscope::models::neural::networks
