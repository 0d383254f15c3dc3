#include "models/neural/adamw.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <stdexcept>
#include <string>

namespace hitscope::models::neural {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

struct Factors {
  float keep;         // factor of the weight, from weight decay
  float step;         // learning rate / first bias correction
  float root_of_two;  // 1 / sqrt(second bias correction)
};

/// Without branches, so that the compiler makes vectors of it; for processors that have them, long ones.
__attribute__((target_clones("avx512f", "avx2", "default"))) void update(float* weight, const float* gradient,
                                                                         float* mean, float* square, std::int64_t n,
                                                                         const Factors& f) {
  constexpr auto kB1 = static_cast<float>(kBeta1);
  constexpr auto kB2 = static_cast<float>(kBeta2);
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gradient[i];
    const float m = kB1 * mean[i] + (1.0F - kB1) * g;
    const float s = kB2 * square[i] + (1.0F - kB2) * g * g;
    mean[i] = m;
    square[i] = s;
    weight[i] = weight[i] * f.keep - f.step * m / (std::sqrt(s) * f.root_of_two + static_cast<float>(kEpsilon));
  }
}

}  // namespace

AdamW::AdamW(std::vector<torch::Tensor> parameters, double weight_decay)
    : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
  for (const torch::Tensor& p : parameters_) {
    // In the parameter's own order of memory, whichever it is.
    means_.push_back(torch::zeros_like(p));
    squares_.push_back(torch::zeros_like(p));
  }
}

void AdamW::zero_grad() {
  for (torch::Tensor& p : parameters_) p.mutable_grad() = torch::Tensor();
}

void AdamW::step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  ++n_steps_;
  const auto n_steps = static_cast<double>(n_steps_);
  const Factors factors{static_cast<float>(1.0 - learning_rate * weight_decay_),
                        static_cast<float>(learning_rate / (1.0 - std::pow(kBeta1, n_steps))),
                        static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(kBeta2, n_steps)))};
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor& p = parameters_[i];
    if (!p.grad().defined()) continue;
    if (!p.device().is_cpu()) {
      step_by_tensors(i, learning_rate);
      continue;
    }
    // A gradient in another order than its parameter is put in order first.
    const torch::Tensor gradient = p.grad().strides() == p.strides() ? p.grad() : torch::empty_like(p).copy_(p.grad());
    auto* weight = p.data_ptr<float>();
    const auto* g = gradient.data_ptr<float>();
    auto* mean = means_[i].data_ptr<float>();
    auto* square = squares_[i].data_ptr<float>();
    constexpr std::int64_t kGrain = 1 << 15;
    at::parallel_for(0, p.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      update(weight + begin, g + begin, mean + begin, square + begin, end - begin, factors);
    });
  }
}

void AdamW::step_by_tensors(std::size_t i, double learning_rate) {
  const auto n_steps = static_cast<double>(n_steps_);
  torch::Tensor& p = parameters_[i];
  means_[i].lerp_(p.grad(), 1.0 - kBeta1);
  squares_[i].mul_(kBeta2).addcmul_(p.grad(), p.grad(), 1.0 - kBeta2);
  const torch::Tensor root = squares_[i].sqrt().div_(std::sqrt(1.0 - std::pow(kBeta2, n_steps))).add_(kEpsilon);
  p.mul_(1.0 - learning_rate * weight_decay_);
  p.addcdiv_(means_[i], root, -learning_rate / (1.0 - std::pow(kBeta1, n_steps)));
}

tensors::NamedTensors AdamW::state() const {
  tensors::NamedTensors state{{"n_steps", torch::tensor(n_steps_, torch::kInt64)}};
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    state["mean." + std::to_string(i)] = means_[i].cpu();
    state["square." + std::to_string(i)] = squares_[i].cpu();
  }
  return state;
}

void AdamW::load(const tensors::NamedTensors& state) {
  const auto stored = [&](const std::string& key, torch::IntArrayRef shape) {
    const auto found = state.find(key);
    if (found == state.end()) throw std::runtime_error("the checkpoint's '" + key + "' is missing");
    if (found->second.sizes() != shape) throw std::runtime_error("the checkpoint's '" + key + "' has another shape");
    return found->second;
  };
  n_steps_ = stored("n_steps", {}).item<std::int64_t>();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    means_[i].copy_(stored("mean." + std::to_string(i), means_[i].sizes()));
    squares_[i].copy_(stored("square." + std::to_string(i), squares_[i].sizes()));
  }
}

}  // namespace hitscope::models::neural
