#include "models/neural/networks/spectrogram_network.h"

#include <stdexcept>
#include <string>

#include "models/neural/networks/baseline_cnn.h"
#include "models/neural/networks/batch_norm.h"
#include "models/neural/networks/crnn.h"
#include "models/neural/networks/four_block_cnn.h"
#include "models/neural/networks/musicnn.h"
#include "models/neural/networks/short_chunk_resnet.h"

namespace hitscope::models::neural::networks {

namespace {

constexpr std::int64_t kColumnUnits = 64;

std::int64_t n_joined(const SpectrogramShape& shape, std::int64_t n_features) {
  return n_features + (shape.n_columns > 0 ? kColumnUnits : 0);
}

bool is_ordinal(const SpectrogramShape& shape) {
  return shape.objective == recipes::ObjectiveKind::kOrdinal;
}

/// Cut points with which a score of 0 makes all classes equally likely.
torch::Tensor even_cut_points(std::int64_t n_classes) {
  const torch::Tensor cuts =
      torch::logit(torch::arange(1, n_classes, torch::kFloat64) / static_cast<double>(n_classes));
  return torch::cat({cuts.slice(0, 0, 1), cuts.diff().expm1().log()}).to(torch::kFloat32);
}

}  // namespace

SpectrogramNetworkImpl::SpectrogramNetworkImpl(const SpectrogramShape& shape, std::int64_t n_features)
    : input_mean(register_buffer("input_mean", torch::zeros({shape.n_bins}))),
      input_std(register_buffer("input_std", torch::ones({shape.n_bins}))),
      output_(register_module("output",
                              torch::nn::Linear(n_joined(shape, n_features), is_ordinal(shape) ? 1 : shape.n_outputs))),
      normalisation_(shape.normalisation) {
  if (shape.n_columns > 0) {
    columns_ = register_module("columns", torch::nn::Sequential(torch::nn::Linear(shape.n_columns, kColumnUnits),
                                                                SharedBatchNorm1d(kColumnUnits), torch::nn::ReLU()));
  }
  if (is_ordinal(shape)) cut_points_ = register_parameter("cut_points", even_cut_points(shape.n_outputs));
}

torch::Tensor SpectrogramNetworkImpl::standardised(const torch::Tensor& decibels) const {
  torch::Tensor x = (decibels - input_mean.view({1, 1, -1, 1})) / input_std.view({1, 1, -1, 1});
  if (normalisation_ == recipes::ClipNormalisation::kLevel) x = x - x.mean({2, 3}, true);
  if (normalisation_ == recipes::ClipNormalisation::kBins) x = x - x.mean({3}, true);
  return x;
}

torch::Tensor SpectrogramNetworkImpl::forward(const torch::Tensor& decibels, const torch::Tensor& columns) {
  return logits(embed(standardised(decibels)), columns);
}

torch::Tensor SpectrogramNetworkImpl::logits(const torch::Tensor& features, const torch::Tensor& columns) {
  const torch::Tensor joined = columns_ ? torch::cat({features, columns_->forward(columns)}, 1) : features;
  const torch::Tensor output = output_(dropped(joined));
  return cut_points_.defined() ? linked(output.to(torch::kFloat32)) : output;
}

torch::Tensor SpectrogramNetworkImpl::linked(const torch::Tensor& score) const {
  constexpr double kLeast = 1e-7;  // as near to 0 as a difference of float32 probabilities tells
  const torch::Tensor cuts =
      torch::cat({cut_points_.slice(0, 0, 1), torch::softplus(cut_points_.slice(0, 1))}).cumsum(0);
  const torch::Tensor below = torch::sigmoid(cuts.unsqueeze(0) - score);  // P(class <= k)
  const torch::Tensor first = below.slice(1, 0, 1);
  const torch::Tensor upper = torch::cat({below.slice(1, 1), torch::ones_like(first)}, 1);
  return torch::cat({first, upper - below}, 1).clamp_min(kLeast).log();
}

torch::Tensor SpectrogramNetworkImpl::dropped(const torch::Tensor& embedding) const {
  constexpr double kDropped = 0.5;
  if (share.n_rows == 0 || !is_training()) return torch::dropout(embedding, kDropped, is_training());
  if (share.first < 0 || share.first + embedding.size(0) > share.n_rows) {
    throw std::invalid_argument("a share of " + std::to_string(embedding.size(0)) + " rows from row " +
                                std::to_string(share.first) + " does not lie in a batch of " +
                                std::to_string(share.n_rows));
  }
  // As torch::dropout draws on the CPU.
  const torch::Tensor whole = torch::empty({share.n_rows, embedding.size(1)}, embedding.options());
  whole.bernoulli_(1.0 - kDropped).div_(1.0 - kDropped);
  return embedding * whole.narrow(0, share.first, embedding.size(0));
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

}  // namespace hitscope::models::neural::networks
