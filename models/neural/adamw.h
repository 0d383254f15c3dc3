// AdamW (Loshchilov and Hutter, 2019) in one pass over the parameters.
//
// LibTorch's own takes eight passes, each through memory: for the baseline CNN's eight million weights that is more
// than the network itself. The same update, rounding aside; without weight decay it is Adam. Internal to models
// (includes LibTorch). Thread safety: one thread (which may use many itself).
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace hitscope::models::neural {

class AdamW {
 public:
  /// float32 parameters. Betas 0.9 and 0.999, epsilon 1e-8.
  AdamW(std::vector<torch::Tensor> parameters, double weight_decay);

  void zero_grad();
  /// Parameters without a gradient stay as they are.
  void step(double learning_rate);

  void save(torch::serialize::OutputArchive& archive) const;
  /// Throws c10::Error, or std::runtime_error where a moment is not of its parameter's shape.
  void load(torch::serialize::InputArchive& archive);

 private:
  void step_by_tensors(std::size_t i, double learning_rate);  // where the parameter is not on the CPU

  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> means_;    // of the gradient
  std::vector<torch::Tensor> squares_;  // of its square
  double weight_decay_;
  std::int64_t n_steps_ = 0;
};

}  // namespace hitscope::models::neural
