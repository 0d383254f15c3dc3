#include "models/tensors/safetensors.h"

#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "dsp/json.h"

namespace hitscope::models::tensors {
namespace {

const std::array<std::pair<const char*, torch::Dtype>, 3> kTypes{
    {{"F32", torch::kFloat32}, {"F64", torch::kFloat64}, {"I64", torch::kInt64}}};

const char* name_of(torch::Dtype type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  throw std::logic_error("safetensors: a tensor of this type is not written");
}

torch::Tensor read_tensor(const std::string& key, const nlohmann::json& entry, const char* data, std::size_t n_bytes) {
  const auto type_name = entry.at("dtype").get<std::string>();
  const auto* type = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.first == type_name; });
  if (type == kTypes.end()) throw std::runtime_error("tensor '" + key + "' has the unknown type " + type_name);
  const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
  const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
  std::size_t wanted = c10::elementSize(type->second);
  for (const std::int64_t size : shape) {
    if (size < 0 || (size > 0 && wanted > n_bytes / static_cast<std::size_t>(size))) {
      throw std::runtime_error("tensor '" + key + "' is larger than the file");
    }
    wanted *= static_cast<std::size_t>(size);
  }
  if (begin > end || end > n_bytes || end - begin != wanted) {
    throw std::runtime_error("tensor '" + key + "' has offsets that do not fit its shape");
  }
  torch::Tensor tensor = torch::empty(shape, type->second);
  std::memcpy(tensor.data_ptr(), data + begin, wanted);
  return tensor;
}

nlohmann::json header_of(std::string_view text, std::size_t max_bytes) {
  constexpr int kDepth = 4;  // { key: { "shape": [ ] } }
  try {
    return dsp::parse_json<nlohmann::json>(text, {max_bytes, kDepth});
  } catch (const dsp::JsonError& e) {
    throw std::runtime_error(std::string("not a safetensors file: its header ") + e.what());
  }
}

/// Tensors must cover the data from the first byte to the last, each byte once.
void check_ranges(const std::map<std::size_t, std::size_t>& ranges, std::size_t n_bytes) {
  std::size_t last_end = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin < last_end) throw std::runtime_error("tensors share bytes of the file");
    if (begin > last_end) throw std::runtime_error("the file has bytes that belong to no tensor");
    last_end = end;
  }
  if (last_end != n_bytes) throw std::runtime_error("the file has bytes that belong to no tensor");
}

}  // namespace

NamedTensors state_of(const torch::nn::Module& module) {
  NamedTensors state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value().detach();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value();
  return state;
}

void load_state(torch::nn::Module& module, const NamedTensors& state) {
  const torch::NoGradGuard no_grad;
  NamedTensors own = state_of(module);
  for (auto& [key, tensor] : own) {
    const auto found = state.find(key);
    if (found == state.end()) throw std::runtime_error("tensor '" + key + "' is missing");
    if (found->second.sizes() != tensor.sizes()) throw std::runtime_error("tensor '" + key + "' has another shape");
    tensor.copy_(found->second);
  }
  for (const auto& [key, tensor] : state) {
    if (own.find(key) == own.end()) throw std::runtime_error("tensor '" + key + "' is not part of this network");
  }
}

std::string to_safetensors(const NamedTensors& tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::string data;
  for (const auto& [key, value] : tensors) {
    const torch::Tensor tensor = value.contiguous();
    const std::size_t begin = data.size();
    data.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
    header[key] = {{"dtype", name_of(tensor.scalar_type())},
                   {"shape", tensor.sizes().vec()},
                   {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data starts aligned
  std::string bytes(8, '\0');
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + text + data;
}

void require_finite(const NamedTensors& tensors) {
  for (const auto& [key, tensor] : tensors) {
    if (tensor.is_floating_point() && !tensor.isfinite().all().item<bool>()) {
      throw std::runtime_error("tensor '" + key + "' has values that are not finite");
    }
  }
}

SafeTensors read_safetensors(const std::string& bytes) {
  constexpr std::size_t kMostHeaderBytes = 100'000'000;  // the format's own limit
  std::uint64_t length = 0;
  if (bytes.size() < 8) throw std::runtime_error("not a safetensors file: too short");
  std::memcpy(&length, bytes.data(), 8);
  if (length > bytes.size() - 8) throw std::runtime_error("not a safetensors file: its header is longer than the file");
  if (bytes[8] != '{') throw std::runtime_error("not a safetensors file: its header does not begin with '{'");
  const auto header = header_of(std::string_view(bytes).substr(8, length), kMostHeaderBytes);
  SafeTensors result;
  std::map<std::size_t, std::size_t> ranges;  // begin -> end
  for (const auto& [key, entry] : header.items()) {
    try {
      if (key == "__metadata__") {
        result.metadata = entry.get<Metadata>();
        continue;
      }
      torch::Tensor tensor = read_tensor(key, entry, bytes.data() + 8 + length, bytes.size() - 8 - length);
      const auto& offsets = entry.at("data_offsets");
      if (tensor.numel() > 0 && !ranges.emplace(offsets.at(0), offsets.at(1)).second) {
        throw std::runtime_error("tensors share bytes of the file");
      }
      result.tensors[key] = std::move(tensor);
    } catch (const nlohmann::json::exception& e) {
      throw std::runtime_error("tensor '" + key + "': " + e.what());
    }
  }
  check_ranges(ranges, bytes.size() - 8 - length);
  return result;
}

NamedTensors from_safetensors(const std::string& bytes) {
  return read_safetensors(bytes).tensors;
}

}  // namespace hitscope::models::tensors
