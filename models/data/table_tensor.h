// Encoded table rows as a tensor. Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include "models/data/table_encoder.h"

namespace hitscope::models {

/// [n_rows, n_columns] float32.
inline torch::Tensor table_tensor(const TableEncoder& encoder, const FeatureTable& table,
                                  std::span<const std::size_t> rows) {
  Matrix matrix = encoder.transform(table, rows);
  const std::vector<std::int64_t> shape{static_cast<std::int64_t>(matrix.n_rows),
                                        static_cast<std::int64_t>(matrix.n_columns)};
  return torch::from_blob(matrix.values.data(), shape, torch::kFloat32).clone();
}

}  // namespace hitscope::models
