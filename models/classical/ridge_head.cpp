#include "models/classical/ridge_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/classical/linear_model.h"
#include "models/data/preprocessing.h"
#include "models/preprocessing_options.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::classical {
namespace {

constexpr const char* kRidgeName = "ridge";
constexpr double kAlpha = 1.0;  // scikit-learn's default

class RidgeHead final : public Head {
 public:
  const HeadInfo& info() const override { return kRidge; }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    const auto* values = std::get_if<data::Values>(&targets);
    if (values == nullptr) throw std::invalid_argument("ridge: learns values, not classes; logistic does");
    const data::TableEncoder encoder =
        data::TableEncoder::fit(examples.table, {}, fold, options.of<data::Preprocessing>().encoder());
    const auto rows = fold.train_rows();
    torch::Tensor x = tensors::table_tensor(encoder.transform(examples.table, rows)).to(torch::kFloat64);
    torch::Tensor y = torch::empty({x.size(0), 1}, torch::kFloat64);
    auto* out = y.data_ptr<double>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = values->values[rows[i]];
    const torch::Tensor x_mean = x.mean(0, true);
    const torch::Tensor y_mean = y.mean();
    x = x - x_mean;
    const torch::Tensor gram = x.t().mm(x) + kAlpha * torch::eye(x.size(1), torch::kFloat64);
    const torch::Tensor weight =
        torch::cholesky_solve(x.t().mm(y - y_mean), torch::linalg_cholesky(gram)).t().contiguous();
    model_ = LinearModel{encoder, weight, (y_mean - x_mean.mm(weight.t())).reshape({1})};
    return {false, {}, model_->n_parameters()};
  }

  data::Probabilities predict(const data::Examples&, std::span<const std::size_t>) override {
    throw std::logic_error("ridge: predicts values, not classes");
  }

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows) override {
    if (!model_) throw std::logic_error("ridge: predict_values before fit or load");
    const torch::Tensor y = model_->outputs(examples.table, rows);
    return {y.data_ptr<double>(), y.data_ptr<double>() + y.numel()};
  }

  int n_classes() const override { return 0; }

  HeadFiles save() const override {
    if (!model_) throw std::logic_error("ridge: save before fit or load");
    return model_->to_files(kRidgeName);
  }

  void load(const HeadFiles& files) override { model_ = linear_model_from(files, kRidgeName, 1); }

 private:
  std::optional<LinearModel> model_;
};

}  // namespace

const HeadInfo kRidge{.name = kRidgeName,
                      .summary = "linear regression with an L2 penalty (values only)",
                      .meets = data::needs::kTable | data::needs::kValues,
                      .make = []() -> std::unique_ptr<Head> { return std::make_unique<RidgeHead>(); },
                      .options = preprocessing_options};

}  // namespace hitscope::models::classical
