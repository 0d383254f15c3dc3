// AdamW (Loshchilov and Hutter, 2019) in one pass over the parameters.
//
// LibTorch's own optimiser makes eight passes over memory, which for the baseline CNN's eight million weights takes
// longer than the network itself. The update is the same except for rounding; without weight decay it is Adam. Internal
// to models (includes LibTorch).
// Thread safety: one thread at a time per object; a step uses LibTorch's thread pool.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "models/tensors/safetensors.h"

namespace hitscope::models::neural {

class AdamW {
 public:
  /// `parameters` are float32; they are updated in place. The betas are 0.9 and 0.999, epsilon is 1e-8.
  AdamW(std::vector<torch::Tensor> parameters, double weight_decay);

  void zero_grad();
  /// Parameters without a gradient stay as they are.
  void step(double learning_rate);

  /// Number of steps and both moments of every parameter, on the CPU.
  tensors::NamedTensors state() const;
  /// Takes what state() gave. Throws std::runtime_error naming a tensor that is missing or not of its parameter's
  /// shape.
  void load(const tensors::NamedTensors& state);

 private:
  void step_by_tensors(std::size_t i, double learning_rate);  // for a parameter that is not on the CPU

  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> means_;    // moving average of each gradient, shaped like its parameter
  std::vector<torch::Tensor> squares_;  // moving average of each squared gradient
  double weight_decay_;
  std::int64_t n_steps_ = 0;
};

}  // namespace hitscope::models::neural
