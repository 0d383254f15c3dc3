#include "models/classical/logistic_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/data/table_encoder.h"
#include "models/data/table_tensor.h"
#include "models/head_files.h"
#include "models/neural/safetensors.h"

namespace hitscope::models {
namespace {

constexpr const char* kWeightsFile = "logistic.safetensors";
constexpr const char* kFeaturesFile = "logistic.features.json";
constexpr double kC = 1.0;  // inverse strength of the L2 penalty, scikit-learn's default

class LogisticHead final : public Head {
 public:
  std::string_view name() const override { return "logistic"; }
  HeadInput input() const override { return HeadInput::kTable; }

  FitSummary fit(const Dataset& data, const TrainingFold& fold, const FitOptions& settings) override {
    if (data.n_classes == 0) throw std::invalid_argument("logistic: learns classes, not values; ridge does");
    encoder_ = TableEncoder::fit(data.table, data.targets, fold, settings.encoder);
    const TrainingMatrix train =
        TrainingMatrix(*encoder_, data.table, data.targets, fold).resampled(settings.resampling, settings.seed);
    const torch::Tensor x = table_tensor(train.features()).to(torch::kFloat64);
    const torch::Tensor y = target_tensor(train.targets());
    torch::nn::functional::CrossEntropyFuncOptions cross_entropy;
    cross_entropy.reduction(torch::kSum);
    if (settings.balanced_class_weight) {
      cross_entropy.weight(torch::tensor(balanced_class_weights(train.targets(), data.n_classes), torch::kFloat64));
    }
    const auto options = torch::TensorOptions().dtype(torch::kFloat64).requires_grad(true);
    torch::Tensor weight = torch::zeros({data.n_classes, x.size(1)}, options);
    torch::Tensor bias = torch::zeros({data.n_classes}, options);
    torch::optim::LBFGS optimizer({weight, bias}, torch::optim::LBFGSOptions(1.0)
                                                      .max_iter(1000)
                                                      .history_size(20)
                                                      .tolerance_grad(1e-9)
                                                      .tolerance_change(1e-15)
                                                      .line_search_fn("strong_wolfe"));
    const auto n = static_cast<double>(x.size(0));
    optimizer.step([&] {
      optimizer.zero_grad();
      const torch::Tensor logits = torch::addmm(bias, x, weight.t());
      torch::Tensor loss =
          (torch::nn::functional::cross_entropy(logits, y, cross_entropy) + (0.5 / kC) * weight.square().sum()) / n;
      loss.backward();
      return loss;
    });
    weight_ = weight.detach();
    bias_ = bias.detach();
    return {false, {}, static_cast<std::size_t>(weight_.numel() + bias_.numel())};
  }

  Probabilities predict(const Dataset& data, std::span<const std::size_t> rows) override {
    if (!encoder_ || !weight_.defined()) throw std::logic_error("logistic: predict before fit or load");
    const torch::NoGradGuard no_grad;
    const torch::Tensor x = table_tensor(encoder_->transform(data.table, rows)).to(torch::kFloat64);
    const torch::Tensor p = torch::addmm(bias_, x, weight_.t()).softmax(1).contiguous();
    return {rows.size(), static_cast<int>(p.size(1)), {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()}};
  }

  int n_classes() const override { return weight_.defined() ? static_cast<int>(weight_.size(0)) : 0; }

  HeadFiles save() const override {
    if (!weight_.defined()) throw std::logic_error("logistic: save before fit or load");
    return {{kWeightsFile, to_safetensors({{"linear.weight", weight_}, {"linear.bias", bias_}})},
            {kFeaturesFile, encoder_->to_json()}};
  }

  void load(const HeadFiles& files) override {
    const auto encoder = read_head_file(files, kFeaturesFile, TableEncoder::from_json);
    const NamedTensors state = read_head_file(files, kWeightsFile, [&](const std::string& bytes) {
      NamedTensors read = from_safetensors(bytes);
      const torch::Tensor weight = read["linear.weight"];
      const torch::Tensor bias = read["linear.bias"];
      if (!weight.defined() || !bias.defined() || weight.dim() != 2 || bias.dim() != 1 ||
          weight.size(1) != static_cast<std::int64_t>(encoder.n_columns()) || bias.size(0) != weight.size(0)) {
        throw std::runtime_error("the weights do not fit the features");
      }
      return read;
    });
    encoder_ = encoder;
    weight_ = state.at("linear.weight").to(torch::kFloat64);
    bias_ = state.at("linear.bias").to(torch::kFloat64);
  }

 private:
  std::optional<TableEncoder> encoder_;
  torch::Tensor weight_;
  torch::Tensor bias_;
};

}  // namespace

std::unique_ptr<Head> make_logistic_head() {
  return std::make_unique<LogisticHead>();
}

}  // namespace hitscope::models
