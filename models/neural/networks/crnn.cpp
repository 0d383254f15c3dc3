#include "models/neural/networks/crnn.h"

#include <array>

namespace hitscope::models {
namespace {

constexpr std::int64_t kUnits = 64;
constexpr std::array<std::int64_t, 3> kChannels{32, 64, 128};
constexpr std::array<std::int64_t, 3> kPoolBins{2, 2, 4};

}  // namespace

CrnnImpl::CrnnImpl(const SpectrogramShape& shape)
    : SpectrogramNetworkImpl(shape, 2 * kUnits),
      gru(register_module(
          "gru",
          torch::nn::GRU(torch::nn::GRUOptions(kChannels.back(), kUnits).batch_first(true).bidirectional(true)))),
      stages(*this, kChannels) {}

torch::Tensor CrnnImpl::embed(const torch::Tensor& x) {
  torch::Tensor y = x;
  for (std::size_t i = 0; i < kChannels.size(); ++i) {
    y = torch::relu(stages.normed(i, y));
    const std::int64_t bins = y.size(2) >= kPoolBins[i] ? kPoolBins[i] : 1;
    const std::int64_t frames = y.size(3) >= 2 ? 2 : 1;
    y = torch::max_pool2d(y, {bins, frames});
  }
  return std::get<0>(gru(y.mean(2).transpose(1, 2))).mean(1);
}

}  // namespace hitscope::models
