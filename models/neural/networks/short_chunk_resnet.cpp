#include "models/neural/networks/short_chunk_resnet.h"

#include <algorithm>

#include "models/neural/networks/batch_norm.h"

namespace hitscope::models::neural::networks {
namespace {

struct ResidualStageImpl : torch::nn::Module {
  ResidualStageImpl(std::int64_t from, std::int64_t to)
      : conv1(register_module("conv1", convolution(from, to, 3, 2))),
        norm1(register_module("norm1", SharedBatchNorm2d(to))),
        conv2(register_module("conv2", convolution(to, to, 3, 1))),
        norm2(register_module("norm2", SharedBatchNorm2d(to))),
        shortcut(register_module("shortcut", convolution(from, to, 1, 1))),
        shortcut_norm(register_module("shortcut_norm", SharedBatchNorm2d(to))) {}

  static torch::nn::Conv2d convolution(std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t stride) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, size).stride(stride).padding(size / 2).bias(false));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor inner = torch::relu(norm1(conv1(x)));
    // A mean of four, not every fourth (He and others, 2019): and oneDNN 2.6 crashes in the gradient of the latter.
    const torch::Tensor halved = torch::avg_pool2d(x, 2, 2, 0, true, false);
    return torch::relu(norm2(conv2(inner)) + shortcut_norm(shortcut(halved)));
  }

  torch::nn::Conv2d conv1;
  SharedBatchNorm2d norm1;
  torch::nn::Conv2d conv2;
  SharedBatchNorm2d norm2;
  torch::nn::Conv2d shortcut;
  SharedBatchNorm2d shortcut_norm;
};
TORCH_MODULE(ResidualStage);

/// The number of times that the smaller side can be halved to no less than 2, at most `most`.
std::size_t n_stages(const SpectrogramShape& shape, std::size_t most) {
  std::int64_t side = std::min(shape.n_bins, shape.n_frames);
  std::size_t n = 0;
  while (n < most && side >= 4) {
    side = (side + 1) / 2;
    ++n;
  }
  return std::max<std::size_t>(1, n);
}

std::int64_t n_features(const SpectrogramShape& shape, const ShortChunkResnetOptions& options) {
  return 2 * options.channels.at(n_stages(shape, options.channels.size()) - 1);
}

}  // namespace

ShortChunkResnetImpl::ShortChunkResnetImpl(const SpectrogramShape& shape, const ShortChunkResnetOptions& options)
    : SpectrogramNetworkImpl(shape, n_features(shape, options)) {
  std::int64_t from = 1;
  for (std::size_t i = 0; i < n_stages(shape, options.channels.size()); ++i) {
    stages->push_back(ResidualStage(from, options.channels[i]));
    from = options.channels[i];
  }
  register_module("stages", stages);
}

torch::Tensor ShortChunkResnetImpl::maps(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (const auto& stage : *stages) y = stage->as<ResidualStageImpl>()->forward(y);
  return y;
}

torch::Tensor ShortChunkResnetImpl::summary(const torch::Tensor& maps) {
  return torch::cat({maps.mean({2, 3}), maps.amax({2, 3})}, 1);
}

}  // namespace hitscope::models::neural::networks
