#include "models/classical/learned_files.h"

#include <torch/torch.h>

#include "models/tensors/safetensors.h"

namespace hitscope::models::classical {
namespace {

template <typename T>
std::vector<T> values_of(const torch::Tensor& tensor) {
  const torch::Tensor whole = tensor.contiguous();
  return {whole.data_ptr<T>(), whole.data_ptr<T>() + whole.numel()};
}

torch::Tensor tensor_of(const Array& array) {
  return std::visit(
      [&]<typename T>(const std::vector<T>& values) {
        return torch::from_blob(const_cast<T*>(values.data()), array.shape, torch::CppTypeToScalarType<T>::value)
            .clone();
      },
      array.values);
}

}  // namespace

HeadFiles files_of(const Learned& learned, const std::string& stem) {
  if (!learned.trees.empty()) return {{stem + ".trees", learned.trees}};
  tensors::NamedTensors named;
  for (const auto& [name, array] : learned.arrays) named[name] = tensor_of(array);
  return {{stem + ".safetensors", tensors::to_safetensors(named)}};
}

Arrays arrays_of(const std::string& bytes) {
  Arrays arrays;
  for (const auto& [name, tensor] : tensors::from_safetensors(bytes)) {
    Array array{tensor.sizes().vec(), {}};
    if (tensor.scalar_type() == torch::kFloat64) array.values = values_of<double>(tensor);
    if (tensor.scalar_type() == torch::kFloat32) array.values = values_of<float>(tensor);
    if (tensor.scalar_type() == torch::kInt64) array.values = values_of<std::int64_t>(tensor);
    arrays.emplace(name, std::move(array));
  }
  return arrays;
}

}  // namespace hitscope::models::classical
