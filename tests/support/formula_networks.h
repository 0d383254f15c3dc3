// The weights and clips of tests/oracles/record_networks.py, by the same formulas: nothing of them is stored.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "models/neural/networks/spectrogram_network.h"

namespace hitscope::tests {

inline constexpr models::neural::networks::SpectrogramShape kShape{40, 51, 3};

/// As `filled` of the script.
inline void fill(const std::string& key, torch::Tensor tensor) {
  if (!tensor.is_floating_point()) return;
  int phase = 0;
  for (const char c : key) phase = (phase + static_cast<unsigned char>(c)) % 97;
  const auto n = static_cast<double>(tensor.numel());
  const std::string_view end = key;
  const bool about_one =
      end.ends_with("running_var") || end.ends_with("input_std") || (tensor.dim() == 1 && end.ends_with("weight"));
  const double scale = tensor.dim() > 1 ? 0.5 / std::sqrt(n / static_cast<double>(tensor.size(0))) : 0.1;
  torch::Tensor values = torch::empty(tensor.sizes(), torch::kFloat32);
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const double wave = std::sin(0.7 * static_cast<double>(i) + phase);
    values.data_ptr<float>()[i] = static_cast<float>(about_one ? 1.0 + 0.2 * wave : scale * wave);
  }
  const torch::NoGradGuard no_grad;
  tensor.copy_(values);
}

/// [n, 1, n_bins, n_frames].
inline torch::Tensor clips(std::int64_t n_frames, std::int64_t n = 2) {
  torch::Tensor x = torch::empty({n, 1, kShape.n_bins, n_frames}, torch::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.data_ptr<float>()[i] = static_cast<float>(3.0 * std::sin(0.013 * std::pow(static_cast<double>(i), 1.3)));
  }
  return x;
}

}  // namespace hitscope::tests
