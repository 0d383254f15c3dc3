// Named tensors as safetensors bytes: 8 bytes of header length, a JSON header, then the data, little-endian.
//
// Names are PyTorch's state_dict keys, so Python's `safetensors.torch.load_file` feeds `load_state_dict` as it is.
// Written here because Debian has no C++ library for the format. Input may be hostile: every offset is checked. It does
// not read or write files. Internal to models (includes LibTorch).
// Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

namespace hitscope::models::tensors {

using NamedTensors = std::map<std::string, torch::Tensor>;

/// The parameters and buffers of a module by key; they share its memory.
NamedTensors state_of(const torch::nn::Module& module);
/// Copies `state` into the module. Throws std::runtime_error naming a key that is missing, unknown or of another shape.
void load_state(torch::nn::Module& module, const NamedTensors& state);

using Metadata = std::map<std::string, std::string>;  ///< the format's "__metadata__"

/// The bytes of float32, float64 and int64 tensors. Throws std::logic_error for other types.
std::string to_safetensors(const NamedTensors& tensors, const Metadata& metadata = {});

/// Throws std::runtime_error naming a tensor that has a value which is not finite.
void require_finite(const NamedTensors& tensors);

/// What a file holds.
struct SafeTensors {
  NamedTensors tensors;
  Metadata metadata;
};
/// Reads `bytes`. Throws std::runtime_error for bytes that are not in the format: a header over 100 MB, that does not
/// begin with '{' or has a key twice, tensors that share bytes or leave some out.
SafeTensors read_safetensors(const std::string& bytes);
/// The tensors of read_safetensors().
NamedTensors from_safetensors(const std::string& bytes);

}  // namespace hitscope::models::tensors
