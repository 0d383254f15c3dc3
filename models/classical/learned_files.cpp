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

/// The arrays in safetensors bytes.
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

}  // namespace

HeadFiles files_of(const Learned& learned, const std::string& stem) {
  HeadFiles files;
  for (std::size_t i = 0; i < learned.parts.size(); ++i)
    files.merge(files_of(learned.parts[i], stem + "." + std::to_string(i)));
  if (!learned.parts.empty()) return files;
  if (!learned.trees.empty()) return {{stem + ".trees", learned.trees}};
  tensors::NamedTensors named;
  for (const auto& [name, array] : learned.arrays) named[name] = tensor_of(array);
  return {{stem + ".safetensors", tensors::to_safetensors(named)}};
}

Learned learned_from(const HeadFiles& files, const std::string& stem, bool is_of_trees, std::size_t n_parts) {
  Learned learned;
  for (std::size_t i = 0; i < n_parts; ++i) {
    const std::string part = stem + "." + std::to_string(i);
    learned.parts.push_back(learned_from(files, part, files.contains(part + ".trees"), 0));
  }
  if (n_parts > 0) return learned;
  if (is_of_trees) {
    learned.trees = read_head_file(files, stem + ".trees", [](const std::string& bytes) { return bytes; });
  } else {
    learned.arrays = read_head_file(files, stem + ".safetensors", arrays_of);
  }
  return learned;
}

}  // namespace hitscope::models::classical
