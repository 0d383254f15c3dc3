#include "models/classical/ridge_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/data/table_encoder.h"
#include "models/data/table_tensor.h"
#include "models/head_files.h"
#include "models/neural/safetensors.h"

namespace hitscope::models {
namespace {

constexpr const char* kWeightsFile = "ridge.safetensors";
constexpr const char* kFeaturesFile = "ridge.features.json";
constexpr double kAlpha = 1.0;  // scikit-learn's default

class RidgeHead final : public Head {
 public:
  std::string_view name() const override { return "ridge"; }
  HeadInput input() const override { return HeadInput::kTable; }
  bool learns_classes() const override { return false; }
  bool learns_values() const override { return true; }

  FitSummary fit(const Dataset& data, const TrainingFold& fold, const FitOptions& options) override {
    if (data.n_classes != 0) throw std::invalid_argument("ridge: learns values, not classes; logistic does");
    encoder_ = TableEncoder::fit(data.table, data.targets, fold, options.encoder);
    const auto rows = fold.train_rows();
    torch::Tensor x = table_tensor(encoder_->transform(data.table, rows)).to(torch::kFloat64);
    torch::Tensor y = torch::empty({x.size(0), 1}, torch::kFloat64);
    auto* out = y.data_ptr<double>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = data.values[rows[i]];
    const torch::Tensor x_mean = x.mean(0, true);
    const torch::Tensor y_mean = y.mean();
    x = x - x_mean;
    const torch::Tensor gram = x.t().mm(x) + kAlpha * torch::eye(x.size(1), torch::kFloat64);
    weight_ = torch::cholesky_solve(x.t().mm(y - y_mean), torch::linalg_cholesky(gram)).t().contiguous();
    bias_ = (y_mean - x_mean.mm(weight_.t())).reshape({1});
    return {false, {}, static_cast<std::size_t>(weight_.numel() + 1)};
  }

  Probabilities predict(const Dataset&, std::span<const std::size_t>) override {
    throw std::logic_error("ridge: predicts values, not classes");
  }

  std::vector<double> predict_values(const Dataset& data, std::span<const std::size_t> rows) override {
    if (!encoder_ || !weight_.defined()) throw std::logic_error("ridge: predict_values before fit or load");
    const torch::Tensor x = table_tensor(encoder_->transform(data.table, rows)).to(torch::kFloat64);
    const torch::Tensor y = torch::addmm(bias_, x, weight_.t()).contiguous();
    return {y.data_ptr<double>(), y.data_ptr<double>() + y.numel()};
  }

  int n_classes() const override { return 0; }

  HeadFiles save() const override {
    if (!weight_.defined()) throw std::logic_error("ridge: save before fit or load");
    return {{kWeightsFile, to_safetensors({{"linear.weight", weight_}, {"linear.bias", bias_}})},
            {kFeaturesFile, encoder_->to_json()}};
  }

  void load(const HeadFiles& files) override {
    const auto encoder = read_head_file(files, kFeaturesFile, TableEncoder::from_json);
    const NamedTensors state = read_head_file(files, kWeightsFile, [&](const std::string& bytes) {
      NamedTensors read = from_safetensors(bytes);
      const torch::Tensor weight = read["linear.weight"];
      const torch::Tensor bias = read["linear.bias"];
      const auto n_columns = static_cast<std::int64_t>(encoder.n_columns());
      if (!weight.defined() || !bias.defined() || weight.dim() != 2 || weight.size(0) != 1 ||
          weight.size(1) != n_columns || bias.numel() != 1) {
        throw std::runtime_error("the weights do not fit the features");
      }
      return read;
    });
    encoder_ = encoder;
    weight_ = state.at("linear.weight").to(torch::kFloat64);
    bias_ = state.at("linear.bias").to(torch::kFloat64).reshape({1});
  }

 private:
  std::optional<TableEncoder> encoder_;
  torch::Tensor weight_;
  torch::Tensor bias_;
};

}  // namespace

std::unique_ptr<Head> make_ridge_head() {
  return std::make_unique<RidgeHead>();
}

}  // namespace hitscope::models
