#include "models/neural/networks/spectrogram_network.h"

#include <stdexcept>
#include <string>

#include "models/neural/networks/baseline_cnn.h"
#include "models/neural/networks/crnn.h"
#include "models/neural/networks/four_block_cnn.h"
#include "models/neural/networks/musicnn.h"
#include "models/neural/networks/short_chunk_resnet.h"

namespace hitscope::models {

SpectrogramNetworkImpl::SpectrogramNetworkImpl(const SpectrogramShape& shape, std::int64_t n_features)
    : input_mean(register_buffer("input_mean", torch::zeros({shape.n_bins}))),
      input_std(register_buffer("input_std", torch::ones({shape.n_bins}))),
      output_(register_module("output", torch::nn::Linear(n_features, shape.n_outputs))),
      normalisation_(shape.normalisation) {}

torch::Tensor SpectrogramNetworkImpl::standardised(const torch::Tensor& decibels) const {
  torch::Tensor x = (decibels - input_mean.view({1, 1, -1, 1})) / input_std.view({1, 1, -1, 1});
  if (normalisation_ == ClipNormalisation::kLevel) x = x - x.mean({2, 3}, true);
  if (normalisation_ == ClipNormalisation::kBins) x = x - x.mean({3}, true);
  return x;
}

torch::Tensor SpectrogramNetworkImpl::forward(const torch::Tensor& decibels) {
  return logits(torch::dropout(embed(standardised(decibels)), 0.5, is_training()));
}

std::vector<std::string_view> network_names() {
  return {"cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn"};
}

std::shared_ptr<SpectrogramNetworkImpl> make_network(std::string_view name, const SpectrogramShape& shape) {
  constexpr std::int64_t kLeast = 4;
  if (shape.n_bins < kLeast || shape.n_frames < kLeast) {
    throw std::invalid_argument(std::string(name) + ": spectrograms must have at least 4 bins and 4 frames");
  }
  if (name == "cnn") return std::make_shared<BaselineCnnImpl>(shape);
  if (name == "four_block_cnn") return std::make_shared<FourBlockCnnImpl>(shape);
  if (name == "short_chunk_resnet") return std::make_shared<ShortChunkResnetImpl>(shape);
  if (name == "musicnn") return std::make_shared<MusicnnImpl>(shape);
  if (name == "crnn") return std::make_shared<CrnnImpl>(shape);
  throw std::invalid_argument("network '" + std::string(name) + "' is unknown");
}

}  // namespace hitscope::models
