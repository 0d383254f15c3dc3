#include "models/neural/mlp_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/data/table_encoder.h"
#include "models/data/table_tensor.h"
#include "models/head_files.h"
#include "models/neural/safetensors.h"
#include "models/neural/trainer.h"

namespace hitscope::models {
namespace {

constexpr const char* kWeightsFile = "mlp.safetensors";
constexpr const char* kFeaturesFile = "mlp.features.json";

struct MlpImpl : torch::nn::Module {
  MlpImpl(std::int64_t n_columns, std::int64_t n_classes) {
    std::int64_t width = n_columns;
    for (const std::int64_t next : {128, 64, 32, 16}) {
      layers->push_back(torch::nn::Linear(width, next));
      layers->push_back(torch::nn::BatchNorm1d(next));
      layers->push_back(torch::nn::ReLU());
      layers->push_back(torch::nn::Dropout(0.3));
      width = next;
    }
    layers->push_back(torch::nn::Linear(width, n_classes));
    register_module("layers", layers);
  }

  /// [n, n_columns] to [n, n_classes] logits.
  torch::Tensor forward(const torch::Tensor& x) { return layers->forward(x); }

  torch::nn::Sequential layers;
};
TORCH_MODULE(Mlp);

class MlpHead final : public Head {
 public:
  std::string_view name() const override { return "mlp"; }
  HeadInput input() const override { return HeadInput::kTable; }

  FitSummary fit(const Dataset& data, const TrainingFold& fold, const FitOptions& options) override {
    torch::manual_seed(options.seed);
    encoder_ = TableEncoder::fit(data.table, fold);
    n_classes_ = data.n_classes;
    network_ = Mlp(static_cast<std::int64_t>(encoder_->n_columns()), n_classes_);
    return train_network(problem(data), fold, options);
  }

  Probabilities predict(const Dataset& data, std::span<const std::size_t> rows) override {
    if (!network_) throw std::logic_error("mlp: predict before fit or load");
    return predict_network(problem(data), rows, n_classes_);
  }

  int n_classes() const override { return network_ ? n_classes_ : 0; }

  HeadFiles save() const override {
    if (!network_) throw std::logic_error("mlp: save before fit or load");
    return {{kWeightsFile, to_safetensors(state_of(*network_))}, {kFeaturesFile, encoder_->to_json()}};
  }

  void load(const HeadFiles& files) override {
    network_ = nullptr;
    const auto encoder = read_head_file(files, kFeaturesFile, TableEncoder::from_json);
    const auto network = read_head_file(files, kWeightsFile, [&](const std::string& bytes) {
      const NamedTensors state = from_safetensors(bytes);
      const auto bias = state.find("layers.16.bias");
      if (bias == state.end() || bias->second.dim() != 1) throw std::runtime_error("layers.16.bias is missing");
      Mlp loaded(static_cast<std::int64_t>(encoder.n_columns()), bias->second.size(0));
      load_state(*loaded, state);
      return loaded;
    });
    encoder_ = encoder;
    network_ = network;
    n_classes_ = static_cast<int>(network_->named_parameters()["layers.16.bias"].size(0));
    network_->eval();
  }

 private:
  TrainingProblem problem(const Dataset& data) {
    return {*network_, [this, &data](auto rows) { return table_tensor(*encoder_, data.table, rows); },
            [this](const torch::Tensor& x) { return network_->forward(x); }, data.targets};
  }

  std::optional<TableEncoder> encoder_;
  int n_classes_ = 0;
  Mlp network_{nullptr};
};

}  // namespace

std::unique_ptr<Head> make_mlp_head() {
  return std::make_unique<MlpHead>();
}

}  // namespace hitscope::models
