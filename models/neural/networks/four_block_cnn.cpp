#include "models/neural/networks/four_block_cnn.h"

#include <algorithm>
#include <array>

namespace hitscope::models {
namespace {

constexpr std::array<std::int64_t, 4> kChannels{32, 64, 128, 128};

}  // namespace

FourBlockCnnImpl::FourBlockCnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, kChannels.back()), stages(*this, kChannels) {}

torch::Tensor FourBlockCnnImpl::embed(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (std::size_t i = 0; i < kChannels.size(); ++i) {
    y = stages.normed(i, y);
    y = torch::relu(torch::max_pool2d(y, {std::min<std::int64_t>(2, y.size(2)), std::min<std::int64_t>(2, y.size(3))}));
  }
  return y.mean({2, 3});
}

}  // namespace hitscope::models
