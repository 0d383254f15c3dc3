// Stages of a 3x3 convolution without bias and a batch norm, which four_block_cnn and crnn share.
//
// It does not pool or activate: each network does that itself, between and after the stages. Internal to models
// (includes LibTorch).
// Thread safety: one thread at a time per network.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>

#include "models/neural/networks/batch_norm.h"

namespace hitscope::models::neural::networks {

/// The stages, registered as convolutions.K and norms.K of the network.
struct ConvolutionStages {
  /// One stage for each of `channels`, its number of output channels; the first stage takes one channel.
  ConvolutionStages(torch::nn::Module& network, std::span<const std::int64_t> channels) {
    std::int64_t from = 1;
    for (const std::int64_t to : channels) {
      convolutions->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).padding(1).bias(false)));
      norms->push_back(SharedBatchNorm2d(to));
      from = to;
    }
    network.register_module("convolutions", convolutions);
    network.register_module("norms", norms);
  }

  torch::Tensor normed(std::size_t stage, const torch::Tensor& x) {
    return norms[stage]->as<SharedBatchNorm2d>()->forward(convolutions[stage]->as<torch::nn::Conv2d>()->forward(x));
  }

  torch::nn::ModuleList convolutions;
  torch::nn::ModuleList norms;
};

}  // namespace hitscope::models::neural::networks
