// Named tensors as safetensors bytes: 8 bytes of header length, a JSON header, then the data, little-endian.
//
// Names are PyTorch's state_dict keys, so Python's `safetensors.torch.load_file` feeds `load_state_dict` as it is.
// Written here because Debian has no C++ library for the format. Input is hostile: every offset is checked.
// Internal to models (includes LibTorch).
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

namespace hitscope::models::tensors {

using NamedTensors = std::map<std::string, torch::Tensor>;

/// Parameters and buffers of a module under their keys.
NamedTensors state_of(const torch::nn::Module& module);
/// Copies `state` into the module. Throws std::runtime_error naming a key that is missing, unknown or of another shape.
void load_state(torch::nn::Module& module, const NamedTensors& state);

/// float32, float64 and int64 tensors.
std::string to_safetensors(const NamedTensors& tensors);
/// Throws std::runtime_error for bytes that are not of the format.
NamedTensors from_safetensors(const std::string& bytes);

}  // namespace hitscope::models::tensors
