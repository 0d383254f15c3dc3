#include "models/classical/ridge_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/classical/linear_model.h"
#include "models/data/table_encoder.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::classical {
namespace {

constexpr const char* kRidge = "ridge";
constexpr double kAlpha = 1.0;  // scikit-learn's default

class RidgeHead final : public Head {
 public:
  std::string_view name() const override { return kRidge; }
  HeadInput input() const override { return HeadInput::kTable; }
  bool learns_classes() const override { return false; }
  bool learns_values() const override { return true; }

  FitSummary fit(const data::Dataset& data, const data::TrainingFold& fold, const FitOptions& options) override {
    if (data.n_classes != 0) throw std::invalid_argument("ridge: learns values, not classes; logistic does");
    const data::TableEncoder encoder = data::TableEncoder::fit(data.table, data.targets, fold, options.encoder);
    const auto rows = fold.train_rows();
    torch::Tensor x = tensors::table_tensor(encoder.transform(data.table, rows)).to(torch::kFloat64);
    torch::Tensor y = torch::empty({x.size(0), 1}, torch::kFloat64);
    auto* out = y.data_ptr<double>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = data.values[rows[i]];
    const torch::Tensor x_mean = x.mean(0, true);
    const torch::Tensor y_mean = y.mean();
    x = x - x_mean;
    const torch::Tensor gram = x.t().mm(x) + kAlpha * torch::eye(x.size(1), torch::kFloat64);
    const torch::Tensor weight =
        torch::cholesky_solve(x.t().mm(y - y_mean), torch::linalg_cholesky(gram)).t().contiguous();
    model_ = LinearModel{encoder, weight, (y_mean - x_mean.mm(weight.t())).reshape({1})};
    return {false, {}, model_->n_parameters()};
  }

  data::Probabilities predict(const data::Dataset&, std::span<const std::size_t>) override {
    throw std::logic_error("ridge: predicts values, not classes");
  }

  std::vector<double> predict_values(const data::Dataset& data, std::span<const std::size_t> rows) override {
    if (!model_) throw std::logic_error("ridge: predict_values before fit or load");
    const torch::Tensor y = model_->outputs(data.table, rows);
    return {y.data_ptr<double>(), y.data_ptr<double>() + y.numel()};
  }

  int n_classes() const override { return 0; }

  HeadFiles save() const override {
    if (!model_) throw std::logic_error("ridge: save before fit or load");
    return model_->to_files(kRidge);
  }

  void load(const HeadFiles& files) override { model_ = linear_model_from(files, kRidge, 1); }

 private:
  std::optional<LinearModel> model_;
};

}  // namespace

std::unique_ptr<Head> make_ridge_head() {
  return std::make_unique<RidgeHead>();
}

}  // namespace hitscope::models::classical
