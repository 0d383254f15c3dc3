#include "models/neural/networks/four_block_cnn.h"

#include <algorithm>
#include <array>

namespace hitscope::models {
namespace {

constexpr std::array<std::int64_t, 4> kChannels{32, 64, 128, 128};

}  // namespace

FourBlockCnnImpl::FourBlockCnnImpl(const SpectrogramShape& shape) : SpectrogramNetworkImpl(shape, kChannels.back()) {
  std::int64_t from = 1;
  for (const std::int64_t to : kChannels) {
    convolutions->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).padding(1).bias(false)));
    norms->push_back(torch::nn::BatchNorm2d(to));
    from = to;
  }
  register_module("convolutions", convolutions);
  register_module("norms", norms);
}

torch::Tensor FourBlockCnnImpl::embed(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (std::size_t i = 0; i < kChannels.size(); ++i) {
    y = convolutions[i]->as<torch::nn::Conv2d>()->forward(y);
    y = norms[i]->as<torch::nn::BatchNorm2d>()->forward(y);
    y = torch::relu(torch::max_pool2d(y, {std::min<std::int64_t>(2, y.size(2)), std::min<std::int64_t>(2, y.size(3))}));
  }
  return y.mean({2, 3});
}

}  // namespace hitscope::models
