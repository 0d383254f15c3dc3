#include "models/classical/linear_model.h"

#include <stdexcept>

#include "models/head_files.h"
#include "models/tensors/safetensors.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::classical {
namespace {

constexpr const char* kWeight = "linear.weight";
constexpr const char* kBias = "linear.bias";

std::string weights_file(const std::string& name) {
  return name + ".safetensors";
}

std::string features_file(const std::string& name) {
  return name + ".features.json";
}

}  // namespace

torch::Tensor LinearModel::outputs(const data::FeatureTable& table, std::span<const std::size_t> rows) const {
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = tensors::table_tensor(encoder.transform(table, rows)).to(torch::kFloat64);
  return torch::addmm(bias, x, weight.t()).contiguous();
}

HeadFiles LinearModel::to_files(const std::string& name) const {
  return {{weights_file(name), tensors::to_safetensors({{kWeight, weight}, {kBias, bias}})},
          {features_file(name), encoder.to_json()}};
}

LinearModel linear_model_from(const HeadFiles& files, const std::string& name, std::int64_t n_outputs) {
  const auto encoder = read_head_file(files, features_file(name), data::TableEncoder::from_json);
  return read_head_file(files, weights_file(name), [&](const std::string& bytes) {
    tensors::NamedTensors read = tensors::from_safetensors(bytes);
    tensors::require_finite(read);
    const torch::Tensor weight = read[kWeight];
    const torch::Tensor bias = read[kBias];
    if (!weight.defined() || !bias.defined() || weight.dim() != 2 || bias.dim() != 1 ||
        weight.size(1) != static_cast<std::int64_t>(encoder.n_columns()) || bias.size(0) != weight.size(0) ||
        (n_outputs > 0 && weight.size(0) != n_outputs)) {
      throw std::runtime_error("the weights do not fit the features");
    }
    return LinearModel{encoder, weight.to(torch::kFloat64), bias.to(torch::kFloat64)};
  });
}

}  // namespace hitscope::models::classical
