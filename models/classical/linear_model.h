// Weights and columns of a linear head: in files, and applied to rows. Internal to models/classical.
//
// Files: NAME.safetensors with linear.weight [n_outputs, n_columns] and linear.bias [n_outputs]; NAME.features.json.
// Thread safety: as tensors.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <span>
#include <string>

#include "models/data/table_encoder.h"
#include "models/head.h"

namespace hitscope::models::classical {

struct LinearModel {
  data::TableEncoder encoder;
  torch::Tensor weight;  ///< [n_outputs, n_columns], double
  torch::Tensor bias;    ///< [n_outputs], double

  std::size_t n_parameters() const { return static_cast<std::size_t>(weight.numel() + bias.numel()); }
  /// [rows.size(), n_outputs], contiguous, double: encoded rows times weight, plus bias.
  torch::Tensor outputs(const data::FeatureTable& table, std::span<const std::size_t> rows) const;
  HeadFiles to_files(const std::string& name) const;
};

/// What to_files wrote. Throws std::runtime_error naming the file where one is missing or not that, and where there are
/// not `n_outputs` (0: any number).
LinearModel linear_model_from(const HeadFiles& files, const std::string& name, std::int64_t n_outputs);

}  // namespace hitscope::models::classical
