#include "models/neural/networks/crnn.h"

#include <array>

namespace hitscope::models::neural::networks {
namespace {

constexpr std::int64_t kUnits = 64;
constexpr std::array<std::int64_t, 3> kCrnnChannels{32, 64, 128};
constexpr std::array<std::int64_t, 3> kPoolBins{2, 2, 4};

torch::Tensor pooled(std::size_t stage, const torch::Tensor& x) {
  const std::int64_t bins = x.size(2) >= kPoolBins[stage] ? kPoolBins[stage] : 1;
  const std::int64_t frames = x.size(3) >= 2 ? 2 : 1;
  return torch::max_pool2d(x, {bins, frames});
}

}  // namespace

CrnnImpl::CrnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, 2 * kUnits),
      gru(register_module(
          "gru",
          torch::nn::GRU(torch::nn::GRUOptions(kCrnnChannels.back(), kUnits).batch_first(true).bidirectional(true)))),
      stages(*this, kCrnnChannels) {}

torch::Tensor CrnnImpl::maps(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (std::size_t i = 0; i < kCrnnChannels.size(); ++i) {
    y = torch::relu(stages.normed(i, i == 0 ? y : pooled(i - 1, y)));
  }
  return y;
}

torch::Tensor CrnnImpl::summary(const torch::Tensor& maps) {
  return std::get<0>(gru(pooled(kCrnnChannels.size() - 1, maps).mean(2).transpose(1, 2))).mean(1);
}

}  // namespace hitscope::models::neural::networks
