// Our AdamW against LibTorch's, step by step.
#include "models/neural/adamw.h"

#include <gtest/gtest.h>

namespace hitscope::models::neural {
namespace adamw_test {

/// The same starting point twice: one tensor of several vectors and a rest, one small, one channels-last.
std::vector<torch::Tensor> parameters() {
  torch::manual_seed(7);
  std::vector<torch::Tensor> p{torch::randn({1000, 37}), torch::randn({3}),
                               torch::randn({8, 4, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast)};
  for (torch::Tensor& tensor : p) tensor.requires_grad_(true);
  return p;
}

torch::Tensor loss_of(const std::vector<torch::Tensor>& p, int step) {
  torch::Tensor loss = torch::zeros({});
  for (const torch::Tensor& tensor : p) loss = loss + (tensor * (1.0 + 0.1 * step)).sin().sum() + tensor.pow(2).sum();
  return loss;
}

TEST(AdamWTest, TakesLibTorchsSteps) {
  for (const double weight_decay : {0.0, 0.1}) {
    auto ours = parameters();
    auto theirs = parameters();
    AdamW our_optimizer(ours, weight_decay);
    torch::optim::AdamW their_optimizer(theirs, torch::optim::AdamWOptions(0.01).weight_decay(weight_decay));
    for (int step = 0; step < 100; ++step) {
      our_optimizer.zero_grad();
      loss_of(ours, step).backward();
      our_optimizer.step(0.01);
      their_optimizer.zero_grad();
      loss_of(theirs, step).backward();
      their_optimizer.step();
      for (std::size_t i = 0; i < ours.size(); ++i) {
        const double difference = (ours[i] - theirs[i]).abs().max().item<double>();
        ASSERT_LT(difference, 1e-6) << "tensor " << i << ", step " << step << ", weight decay " << weight_decay;
        // The loss is steep: from the same weights again, so that rounding does not grow with the steps.
        const torch::NoGradGuard no_grad;
        ours[i].copy_(theirs[i]);
      }
    }
    EXPECT_GT((ours[0] - parameters()[0]).abs().mean().item<double>(), 0.1) << "it went somewhere";
  }
}

TEST(AdamWTest, GoesOnFromWhatItSaved) {
  auto whole = parameters();
  AdamW optimizer(whole, 0.1);
  tensors::NamedTensors saved;
  std::vector<torch::Tensor> halfway;
  for (int step = 0; step < 20; ++step) {
    if (step == 10) {
      for (const auto& [key, tensor] : optimizer.state()) saved[key] = tensor.clone();
      for (const torch::Tensor& tensor : whole) halfway.push_back(tensor.detach().clone().requires_grad_(true));
    }
    optimizer.zero_grad();
    loss_of(whole, step).backward();
    optimizer.step(0.01);
  }
  AdamW again(halfway, 0.1);
  again.load(saved);
  for (int step = 10; step < 20; ++step) {
    again.zero_grad();
    loss_of(halfway, step).backward();
    again.step(0.01);
  }
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_TRUE(torch::equal(whole[i], halfway[i])) << i;
}

TEST(AdamWTest, AParameterWithoutAGradientStaysAsItIs) {
  auto p = parameters();
  AdamW optimizer(p, 0.5);
  optimizer.zero_grad();
  p[0].sum().backward();
  optimizer.step(0.01);
  EXPECT_TRUE(torch::equal(p[1], parameters()[1]));
  EXPECT_FALSE(torch::equal(p[0], parameters()[0]));
}

TEST(AdamWTest, MomentsOfOtherShapesAreRefused) {
  auto p = parameters();
  const tensors::NamedTensors saved = AdamW(p, 0.0).state();
  std::vector<torch::Tensor> others{torch::zeros({5}), torch::zeros({3}), torch::zeros({8, 4, 3, 3})};
  EXPECT_THROW(AdamW(others, 0.0).load(saved), std::runtime_error);
  EXPECT_THROW(AdamW(p, 0.0).load({}), std::runtime_error);
}

}  // namespace adamw_test
}  // namespace hitscope::models::neural
