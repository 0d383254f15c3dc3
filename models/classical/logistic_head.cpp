#include "models/classical/logistic_head.h"

#include <torch/torch.h>

#include <optional>
#include <stdexcept>

#include "models/classical/linear_model.h"
#include "models/data/preprocessing.h"
#include "models/preprocessing_options.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::classical {
namespace {

constexpr const char* kLogisticName = "logistic";
constexpr double kC = 1.0;  // inverse strength of the L2 penalty, scikit-learn's default

class LogisticHead final : public Head {
 public:
  const HeadInfo& info() const override { return kLogistic; }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& settings) override {
    const auto* classes = std::get_if<data::Classes>(&targets);
    if (classes == nullptr) throw std::invalid_argument("logistic: learns classes, not values; ridge does");
    const auto& preprocessing = settings.of<data::Preprocessing>();
    const data::TableEncoder encoder =
        data::TableEncoder::fit(examples.table, classes->labels, fold, preprocessing.encoder());
    const data::TrainingMatrix train = data::TrainingMatrix(encoder, examples.table, classes->labels, fold)
                                           .resampled(preprocessing.resampling, settings.seed);
    const torch::Tensor x = tensors::table_tensor(train.features()).to(torch::kFloat64);
    const torch::Tensor y = tensors::target_tensor(train.targets());
    torch::nn::functional::CrossEntropyFuncOptions cross_entropy;
    cross_entropy.reduction(torch::kSum);
    if (preprocessing.balanced_class_weight) {
      cross_entropy.weight(
          torch::tensor(data::balanced_class_weights(train.targets(), classes->n_classes), torch::kFloat64));
    }
    const auto options = torch::TensorOptions().dtype(torch::kFloat64).requires_grad(true);
    torch::Tensor weight = torch::zeros({classes->n_classes, x.size(1)}, options);
    torch::Tensor bias = torch::zeros({classes->n_classes}, options);
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
    model_ = LinearModel{encoder, weight.detach(), bias.detach()};
    return {false, {}, model_->n_parameters()};
  }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    if (!model_) throw std::logic_error("logistic: predict before fit or load");
    const torch::Tensor p = model_->outputs(examples.table, rows).softmax(1).contiguous();
    return {rows.size(), static_cast<int>(p.size(1)), {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()}};
  }

  int n_classes() const override { return model_ ? static_cast<int>(model_->weight.size(0)) : 0; }

  HeadFiles save() const override {
    if (!model_) throw std::logic_error("logistic: save before fit or load");
    return model_->to_files(kLogisticName);
  }

  void load(const HeadFiles& files) override { model_ = linear_model_from(files, kLogisticName, 0); }

 private:
  std::optional<LinearModel> model_;
};

}  // namespace

const HeadInfo kLogistic{.name = kLogisticName,
                         .summary = "logistic regression with an L2 penalty (L-BFGS)",
                         .meets = data::needs::kTable | data::needs::kClasses,
                         .make = []() -> std::unique_ptr<Head> { return std::make_unique<LogisticHead>(); },
                         .options = preprocessing_options};

}  // namespace hitscope::models::classical
