#include "models/neural/networks/musicnn.h"

#include <algorithm>

namespace hitscope::models::neural::networks {
namespace {

constexpr std::int64_t kVertical = 32;
constexpr std::int64_t kHorizontal = 16;
constexpr std::int64_t kFront = 2 * kVertical + 2 * kHorizontal;
constexpr std::int64_t kMiddle = 64;
constexpr std::int64_t kDense = 200;

torch::nn::Sequential time_convolution(std::int64_t from, std::int64_t to, std::int64_t n_frames) {
  auto options = torch::nn::Conv1dOptions(from, to, n_frames).padding(n_frames / 2).bias(false);
  return torch::nn::Sequential(torch::nn::Conv1d(options), SharedBatchNorm1d(to), torch::nn::ReLU());
}

}  // namespace

MusicnnImpl::MusicnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, kDense),
      front_norm(register_module("front_norm", SharedBatchNorm1d(kFront))),
      dense(register_module("dense", torch::nn::Linear(2 * (kFront + 3 * kMiddle), kDense))),
      dense_norm(register_module("dense_norm", SharedBatchNorm1d(kDense))) {
  for (const double share : {0.4, 0.7}) {
    const auto height = std::max<std::int64_t>(1, static_cast<std::int64_t>(share * static_cast<double>(shape.n_bins)));
    vertical->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, kVertical, {height, 7}).padding({0, 3})));
  }
  for (const std::int64_t n_frames : {33, 65}) {
    horizontal->push_back(torch::nn::Conv1d(torch::nn::Conv1dOptions(1, kHorizontal, n_frames).padding(n_frames / 2)));
  }
  for (const std::int64_t from : {kFront, kMiddle, kMiddle}) middle->push_back(time_convolution(from, kMiddle, 7));
  register_module("vertical", vertical);
  register_module("horizontal", horizontal);
  register_module("middle", middle);
}

torch::Tensor MusicnnImpl::maps(const torch::Tensor& x) {
  std::vector<torch::Tensor> fronts;
  for (const auto& filter : *vertical) fronts.push_back(filter->as<torch::nn::Conv2d>()->forward(x).amax(2));
  const torch::Tensor loudness = x.mean(2);
  for (const auto& filter : *horizontal) fronts.push_back(filter->as<torch::nn::Conv1d>()->forward(loudness));
  std::vector<torch::Tensor> layers{torch::relu(front_norm(torch::cat(fronts, 1)))};
  for (std::size_t i = 0; i < middle->size(); ++i) {
    const torch::Tensor next = middle[i]->as<torch::nn::Sequential>()->forward(layers.back());
    layers.push_back(i == 0 ? next : next + layers.back());
  }
  return torch::cat(layers, 1).unsqueeze(2);
}

torch::Tensor MusicnnImpl::summary(const torch::Tensor& maps) {
  const torch::Tensor all = maps.squeeze(2);
  return torch::relu(dense_norm(dense(torch::cat({all.mean(2), all.amax(2)}, 1))));
}

}  // namespace hitscope::models::neural::networks
