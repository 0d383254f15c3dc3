#include "models/neural/mlp_head.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "models/data/preprocessing.h"
#include "models/data/value_scale.h"
#include "models/head_files.h"
#include "models/neural/few_threads.h"
#include "models/neural/network_groups.h"
#include "models/neural/trainer.h"
#include "models/tensors/safetensors.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::neural {
namespace {

constexpr const char* kWeightsFile = "mlp.safetensors";
constexpr const char* kFeaturesFile = "mlp.features.json";
constexpr const char* kValuesFile = "mlp.values.json";  // of a regression only

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
  const HeadInfo& info() const override { return kMlp; }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    torch::manual_seed(options.seed);
    encoder_ =
        data::TableEncoder::fit(examples.table, labels_of(targets), fold, options.of<data::Preprocessing>().encoder());
    n_classes_ = n_classes_of(targets);
    const FewThreads few(options.of<recipes::NetworkOptions>().batch_size * multiplications_per_row());
    network_ = Mlp(static_cast<std::int64_t>(encoder_->n_columns()), std::max(1, n_classes_));
    const auto* values = std::get_if<data::Values>(&targets);
    return values != nullptr ? fit_values(examples, *values, fold, options)
                             : fit_classes(examples, std::get<data::Classes>(targets), fold, options);
  }

  void check_checkpoint(const FitOptions& options) const override { check_limits(options, {}); }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    if (!network_ || n_classes_ == 0) throw std::logic_error("mlp: predict before fit or load of classes");
    return probabilities_of(outputs(examples, rows));
  }

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows) override {
    if (!network_ || n_classes_ != 0) throw std::logic_error("mlp: predict_values before fit or load of values");
    const torch::Tensor output = outputs(examples, rows).contiguous();
    std::vector<double> values(output.data_ptr<double>(), output.data_ptr<double>() + output.numel());
    for (double& value : values) value = value_scale_.restored(value);
    return values;
  }

  int n_classes() const override { return network_ ? n_classes_ : 0; }

  HeadFiles save() const override {
    if (!network_) throw std::logic_error("mlp: save before fit or load");
    HeadFiles files{{kWeightsFile, tensors::to_safetensors(tensors::state_of(*network_))},
                    {kFeaturesFile, encoder_->to_json()}};
    if (n_classes_ == 0) files[kValuesFile] = value_scale_.to_json();
    return files;
  }

  void load(const HeadFiles& files) override {
    network_ = nullptr;
    const auto encoder = read_head_file(files, kFeaturesFile, data::TableEncoder::from_json);
    const auto network = read_head_file(files, kWeightsFile, [&](const std::string& bytes) {
      const tensors::NamedTensors state = tensors::from_safetensors(bytes);
      tensors::require_finite(state);
      const auto bias = state.find("layers.16.bias");
      if (bias == state.end() || bias->second.dim() != 1) throw std::runtime_error("layers.16.bias is missing");
      Mlp loaded(static_cast<std::int64_t>(encoder.n_columns()), bias->second.size(0));
      tensors::load_state(*loaded, state);
      return loaded;
    });
    encoder_ = encoder;
    network_ = network;
    const bool is_regression = files.contains(kValuesFile);
    if (is_regression) value_scale_ = read_head_file(files, kValuesFile, data::ValueScale::from_json);
    n_classes_ = is_regression ? 0 : static_cast<int>(network_->named_parameters()["layers.16.bias"].size(0));
    network_->eval();
  }

 private:
  /// Forward and backward.
  double multiplications_per_row() const {
    return 3.0 * (static_cast<double>(encoder_->n_columns()) * 128 + 128 * 64 + 64 * 32 + 32 * 16);
  }

  /// Training rows come first, validation rows after them: a resampled training row need not be one of the examples.
  static TrainingRows numbered(std::size_t n_train, std::size_t n_validation) {
    TrainingRows rows{std::vector<std::size_t>(n_train), std::vector<std::size_t>(n_validation)};
    std::iota(rows.train.begin(), rows.train.end(), std::size_t{0});
    std::iota(rows.validation.begin(), rows.validation.end(), n_train);
    return rows;
  }

  TrainingProblem problem(const torch::Tensor& table) {
    TrainingProblem wanted{*network_,
                           {},
                           [&table](std::span<const std::size_t> rows) {
                             std::vector<std::int64_t> places(rows.begin(), rows.end());
                             return Batch{table.index_select(0, torch::tensor(places)), {rows.begin(), rows.end()}};
                           },
                           [this](const Batch& batch) { return network_->forward(batch.inputs); }};
    wanted.identity = "mlp for " + std::to_string(table.size(1)) + " columns";
    return wanted;
  }

  FitSummary fit_classes(const data::Examples& examples, const data::Classes& classes, const data::TrainingFold& fold,
                         const FitOptions& options) {
    const auto& preprocessing = options.of<data::Preprocessing>();
    const data::TrainingMatrix train = data::TrainingMatrix(*encoder_, examples.table, classes.labels, fold)
                                           .resampled(preprocessing.resampling, options.seed);
    const auto held = fold.validation_rows();
    const torch::Tensor table = torch::cat(
        {tensors::table_tensor(train.features()), tensors::table_tensor(encoder_->transform(examples.table, held))});
    std::vector<int> targets(train.targets().begin(), train.targets().end());
    const std::vector<int> held_targets = data::of_rows(classes.labels, held);
    targets.insert(targets.end(), held_targets.begin(), held_targets.end());
    TrainingProblem wanted = problem(table);
    wanted.objective = Objective::classes(targets, preprocessing.balanced_class_weight
                                                       ? data::balanced_class_weights(train.targets(), n_classes_)
                                                       : std::vector<double>{});
    return train_network(wanted, numbered(train.targets().size(), held.size()), options);
  }

  FitSummary fit_values(const data::Examples& examples, const data::Values& values, const data::TrainingFold& fold,
                        const FitOptions& options) {
    value_scale_ = data::ValueScale::fit(values.values, fold);
    std::vector<std::size_t> rows(fold.train_rows().begin(), fold.train_rows().end());
    rows.insert(rows.end(), fold.validation_rows().begin(), fold.validation_rows().end());
    const torch::Tensor table = tensors::table_tensor(encoder_->transform(examples.table, rows));
    const std::vector<double> learned = data::of_rows(value_scale_.standardised(values.values), rows);
    TrainingProblem wanted = problem(table);
    wanted.objective = Objective::values(learned);
    return train_network(wanted, numbered(fold.train_rows().size(), fold.validation_rows().size()), options);
  }

  torch::Tensor outputs(const data::Examples& examples, std::span<const std::size_t> rows) {
    const torch::Tensor table = tensors::table_tensor(encoder_->transform(examples.table, rows));
    return network_outputs(problem(table), numbered(rows.size(), 0).train);
  }

  std::optional<data::TableEncoder> encoder_;
  int n_classes_ = 0;  // 0: values
  data::ValueScale value_scale_;
  Mlp network_{nullptr};
};

}  // namespace

const HeadInfo kMlp{.name = "mlp",
                    .summary = "multilayer perceptron with four hidden layers",
                    .meets = data::needs::kNetwork | data::needs::kTable | data::needs::kEarlyStopping |
                             data::needs::kClasses | data::needs::kValues,
                    .make = []() -> std::unique_ptr<Head> { return std::make_unique<MlpHead>(); },
                    .options = network_options};

}  // namespace hitscope::models::neural
