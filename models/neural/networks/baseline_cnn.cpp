#include "models/neural/networks/baseline_cnn.h"

namespace hitscope::models {

BaselineCnnImpl::BaselineCnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, 64),
      conv(register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 32, 3)))),
      dense(register_module("dense", torch::nn::Linear(n_flat(shape), 64))) {}

torch::Tensor BaselineCnnImpl::embed(const torch::Tensor& x) {
  // Flattened channel by channel, whatever order they lie in.
  return torch::relu(dense(torch::relu(torch::max_pool2d(conv(x), 2)).flatten(1)));
}

}  // namespace hitscope::models
