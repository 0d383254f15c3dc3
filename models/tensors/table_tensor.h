// Encoded table rows and targets as tensors. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

#include "models/data/table_encoder.h"

namespace hitscope::models::tensors {

/// A copy of `matrix`, [n_rows, n_columns] float32.
inline torch::Tensor table_tensor(const data::Matrix& matrix) {
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(matrix.n_rows),
                                        static_cast<std::int64_t>(matrix.n_columns)};
  return torch::tensor(c10::ArrayRef<float>(matrix.values)).reshape(shape);
}

/// A copy of `targets`, [n_targets] int64.
inline torch::Tensor target_tensor(std::span<const int> targets) {
  return torch::tensor(c10::ArrayRef<int>(targets.data(), targets.size())).to(torch::kInt64);
}

}  // namespace hitscope::models::tensors
