// The encoder, weights and bias of a linear head: reads and writes them, and applies them to rows. Internal to
// models/classical (includes LibTorch).
//
// Files: NAME.safetensors with linear.weight [n_outputs, n_columns] and linear.bias [n_outputs]; NAME.features.json.
// Thread safety: const functions by any number of threads.
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
  /// Encoded rows times weight, plus bias: [rows.size(), n_outputs], contiguous, double.
  torch::Tensor outputs(const data::FeatureTable& table, std::span<const std::size_t> rows) const;
  HeadFiles to_files(const std::string& name) const;
};

/// The model that to_files wrote. Throws std::runtime_error naming a file that is missing or damaged, and for another
/// number of outputs than `n_outputs` (0: any).
LinearModel linear_model_from(const HeadFiles& files, const std::string& name, std::int64_t n_outputs);

}  // namespace hitscope::models::classical
