// The networks against the same networks in Python PyTorch: keys, shapes and logits, which
// tests/oracles/record_networks.py records.
#include "models/neural/networks/spectrogram_network.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "models/head.h"
#include "models/heads/runtime.h"
#include "models/neural/autocast.h"
#include "models/tensors/safetensors.h"
#include "tests/support/formula_networks.h"
#include "tests/support/npy.h"

namespace hitscope::models::neural::networks {
namespace networks_test {

using tests::clips;
using tests::fill;
using tests::kShape;

std::string oracle(const std::string& file) {
  return std::string(ORACLES) + "/networks/" + file;
}

class NetworksTest : public testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() { heads::prepare_runtime(1); }
  std::shared_ptr<SpectrogramNetworkImpl> network_ = make_network(GetParam(), kShape);
};

TEST_P(NetworksTest, HasTheKeysAndShapesOfPythonsStateDict) {
  std::ifstream file(oracle("keys.txt"));
  std::map<std::string, std::string> want;
  std::string name;
  std::string key;
  std::string shape;
  while (file >> name >> key >> shape) {
    if (name == GetParam()) want[key] = shape;
  }
  std::map<std::string, std::string> have;
  for (const auto& [our_key, tensor] :
       tensors::from_safetensors(tensors::to_safetensors(tensors::state_of(*network_)))) {
    if (!tensor.is_floating_point()) continue;
    std::ostringstream text;
    for (std::int64_t d = 0; d < tensor.dim(); ++d) text << (d == 0 ? "" : "x") << tensor.size(d);
    have[our_key] = text.str();
  }
  EXPECT_FALSE(want.empty());
  EXPECT_EQ(have, want);
}

TEST_P(NetworksTest, GivesPythonsLogits) {
  for (const auto& [key, tensor] : tensors::state_of(*network_)) fill(key, tensor);
  network_->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor logits = network_->forward(clips(kShape.n_frames)).contiguous();
  const auto want = tests::read_npy<float>(oracle(std::string(GetParam()) + ".npy"));
  ASSERT_EQ(static_cast<std::size_t>(logits.numel()), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(logits.data_ptr<float>()[i], want[i], 1e-4) << i;
}

TEST_P(NetworksTest, TakesAnyWidthButTheBaseline) {
  network_->eval();
  const torch::NoGradGuard no_grad;
  for (const std::int64_t n_frames : {17, 64, 300}) {
    if (std::string_view(GetParam()) == "cnn") {
      EXPECT_THROW(network_->forward(clips(n_frames)), c10::Error);
    } else {
      EXPECT_EQ(network_->forward(clips(n_frames)).sizes(), (std::vector<std::int64_t>{2, 3}));
    }
  }
}

TEST_P(NetworksTest, TheSmallestSpectrogramsHaveAPlace) {
  const auto network = make_network(GetParam(), {4, 4, 2});
  EXPECT_EQ(network->forward(torch::zeros({2, 1, 4, 4})).sizes(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_THROW(make_network(GetParam(), {3, 4, 2}), std::invalid_argument);
}

TEST_P(NetworksTest, WhatIsTakenFromAClipDoesNotCount) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = clips(kShape.n_frames);
  const torch::Tensor louder = x + 7.0;
  const torch::Tensor filtered = x + torch::linspace(-5.0, 5.0, kShape.n_bins).view({1, 1, -1, 1});
  for (const auto normalisation :
       {recipes::ClipNormalisation::kNone, recipes::ClipNormalisation::kLevel, recipes::ClipNormalisation::kBins}) {
    SpectrogramShape shape = kShape;
    shape.normalisation = normalisation;
    const auto network = make_network(GetParam(), shape);
    for (const auto& [key, tensor] : tensors::state_of(*network)) {
      if (key != "input_std" && key != "input_mean") fill(key, tensor);
    }
    network->eval();
    const auto differs = [&](const torch::Tensor& other) {
      return (network->forward(x) - network->forward(other)).abs().max().item<double>() > 2e-5;
    };
    EXPECT_EQ(differs(louder), normalisation == recipes::ClipNormalisation::kNone) << to_string(normalisation);
    EXPECT_EQ(differs(filtered), normalisation != recipes::ClipNormalisation::kBins) << to_string(normalisation);
  }
}

TEST_P(NetworksTest, LearnsFromWindowsOfTheUsualSizeInEitherPrecision) {
  // At such sizes the gradient of a strided 1x1 convolution, which a residual stage once had, crashed in oneDNN 2.6.
  const auto network = make_network(GetParam(), {128, 256, 3});
  {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& weight : network->parameters()) {
      if (weight.dim() == 4) weight.set_data(weight.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
  for (const bool in_bfloat16 : {false, true}) {
    for (const std::int64_t n : {32, 12}) {
      torch::Tensor logits;
      {
        const Autocast autocast(in_bfloat16, true);
        const torch::Tensor x = torch::randn({n, 1, 128, 256});
        logits = network->forward(x.to(x.options(), false, true, torch::MemoryFormat::ChannelsLast));
      }
      logits.to(torch::kFloat32).square().mean().backward();
    }
  }
  for (const torch::Tensor& weight : network->parameters()) {
    EXPECT_TRUE(weight.grad().defined() && weight.grad().isfinite().all().item<bool>());
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, NetworksTest,
                         testing::Values("cnn", "four_block_cnn", "short_chunk_resnet", "musicnn", "crnn"),
                         [](const auto& test) { return std::string(test.param); });

TEST(NetworkNamesTest, AnUnknownNetworkIsNamed) {
  EXPECT_THROW(make_network("resnet", kShape), std::invalid_argument);
}

}  // namespace networks_test
}  // namespace hitscope::models::neural::networks
