#include "models/neural/networks/four_block_cnn.h"

#include <algorithm>
#include <array>

namespace hitscope::models::neural::networks {
namespace {

constexpr std::array<std::int64_t, 4> kBlockChannels{32, 64, 128, 128};

torch::Tensor halved(const torch::Tensor& x) {
  return torch::max_pool2d(x, {std::min<std::int64_t>(2, x.size(2)), std::min<std::int64_t>(2, x.size(3))});
}

}  // namespace

FourBlockCnnImpl::FourBlockCnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, kBlockChannels.back()), stages(*this, kBlockChannels) {}

torch::Tensor FourBlockCnnImpl::maps(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (std::size_t i = 0; i + 1 < kBlockChannels.size(); ++i) y = torch::relu(halved(stages.normed(i, y)));
  return torch::relu(stages.normed(kBlockChannels.size() - 1, y));
}

torch::Tensor FourBlockCnnImpl::summary(const torch::Tensor& maps) {
  return halved(maps).mean({2, 3});
}

}  // namespace hitscope::models::neural::networks
