// Plain stages of conv 3x3 without bias and batch norm, as four_block_cnn and crnn have them: what comes between and
// after is theirs. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>

#include "models/neural/networks/batch_norm.h"

namespace hitscope::models::neural::networks {

/// Registered as convolutions.K and norms.K of `network`.
struct ConvolutionStages {
  /// One stage for each of `channels`, the first of one channel.
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
