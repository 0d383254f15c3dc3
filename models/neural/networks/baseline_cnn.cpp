#include "models/neural/networks/baseline_cnn.h"

namespace hitscope::models::neural::networks {

BaselineCnnImpl::BaselineCnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, 64),
      conv(register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 32, 3)))),
      dense(register_module("dense", torch::nn::Linear(n_flat(shape), 64))) {}

torch::Tensor BaselineCnnImpl::maps(const torch::Tensor& x) {
  return torch::relu(torch::max_pool2d(conv(x), 2));
}

torch::Tensor BaselineCnnImpl::summary(const torch::Tensor& maps) {
  return torch::relu(dense(maps.flatten(1)));  // channel by channel, whatever order they lie in
}

}  // namespace hitscope::models::neural::networks
