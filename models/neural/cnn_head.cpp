#include "models/neural/cnn_head.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/data/value_scale.h"
#include "models/head_files.h"
#include "models/neural/safetensors.h"
#include "models/neural/trainer.h"

namespace hitscope::models {
namespace {

constexpr std::int64_t kWidest = 128;  // frames the network sees; more are average-pooled to it
// A dense layer on tens of thousands of positive inputs moves far with every step of Adam: at 1e-3 most of its units
// die in the first epoch.
constexpr double kLearningRate = 1e-4;
constexpr const char* kWeightsFile = "cnn.safetensors";
constexpr const char* kValuesFile = "cnn.values.json";  // of a regression only

struct CnnShape {
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   // of a stored spectrogram
  std::int64_t n_classes = 0;  // 0: a value

  std::int64_t n_outputs() const { return std::max<std::int64_t>(1, n_classes); }
  std::int64_t width() const { return std::min(n_frames, kWidest); }
  std::int64_t n_flat() const { return 32 * ((n_bins - 2) / 2) * ((width() - 2) / 2); }
};

struct BaselineCnnImpl : torch::nn::Module {
  explicit BaselineCnnImpl(const CnnShape& shape)
      : conv(register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 32, 3)))),
        dense(register_module("dense", torch::nn::Linear(shape.n_flat(), 64))),
        output(register_module("output", torch::nn::Linear(64, shape.n_outputs()))),
        input_mean(register_buffer("input_mean", torch::zeros({shape.n_bins}))),
        input_std(register_buffer("input_std", torch::ones({shape.n_bins}))) {}

  /// [n, 1, n_bins, width] decibels to [n, n_classes] logits.
  torch::Tensor forward(const torch::Tensor& decibels) {
    torch::Tensor x = (decibels - input_mean.view({1, 1, -1, 1})) / input_std.view({1, 1, -1, 1});
    x = torch::relu(torch::max_pool2d(conv(x), 2));
    x = torch::relu(dense(x.flatten(1)));
    return output(torch::dropout(x, 0.5, is_training()));
  }

  torch::nn::Conv2d conv;
  torch::nn::Linear dense;
  torch::nn::Linear output;
  torch::Tensor input_mean;
  torch::Tensor input_std;
};
TORCH_MODULE(BaselineCnn);

/// [n, 1, n_bins, width] float32 decibels of `rows`.
torch::Tensor gather(const SpectrogramView& view, std::span<const std::size_t> rows, const CnnShape& shape) {
  const auto type = view.type == StoredType::kFloat16 ? torch::kFloat16 : torch::kFloat32;
  std::vector<torch::Tensor> clips;
  for (const std::size_t row : rows) {
    auto* bytes = const_cast<std::byte*>(view.rows[row]);  // from_blob takes no const; it is only read
    torch::Tensor clip = torch::from_blob(bytes, {1, shape.n_bins, shape.n_frames}, type).to(torch::kFloat32);
    clips.push_back(shape.n_frames > kWidest ? torch::adaptive_avg_pool2d(clip, {shape.n_bins, kWidest}) : clip);
  }
  return torch::stack(clips);
}

class CnnHead final : public Head {
 public:
  std::string_view name() const override { return "cnn"; }
  HeadInput input() const override { return HeadInput::kSpectrogram; }
  bool learns_values() const override { return true; }

  FitSummary fit(const Dataset& data, const TrainingFold& fold, const FitOptions& options) override {
    torch::manual_seed(options.seed);
    if (options.resampling == Resampling::kSmote || options.resampling == Resampling::kSmoteTomek) {
      throw std::invalid_argument("cnn: SMOTE makes table rows, not spectrograms; resample by random");
    }
    shape_ = checked({data.spectrograms.n_bins, data.spectrograms.n_frames, data.n_classes});
    network_ = BaselineCnn(shape_);
    fit_standardisation(data, fold);
    TrainingProblem wanted = problem(data);
    TrainingRows rows{{fold.train_rows().begin(), fold.train_rows().end()},
                      {fold.validation_rows().begin(), fold.validation_rows().end()}};
    std::vector<double> values;
    if (data.n_classes == 0) {
      value_scale_ = ValueScale::fit(data.values, fold);
      values = value_scale_.standardised(data.values);
      wanted.values = values;
      return train_network(wanted, rows, options);
    }
    wanted.targets = data.targets;
    if (options.resampling == Resampling::kRandom) rows.train = oversampled(data.targets, fold, options.seed);
    if (options.balanced_class_weight) wanted.class_weights = class_weights(data, fold);
    return train_network(wanted, rows, options);
  }

  std::vector<double> predict_values(const Dataset& data, std::span<const std::size_t> rows) override {
    const torch::Tensor output = outputs(data, rows).contiguous();
    if (shape_.n_classes != 0) throw std::logic_error("cnn: predict_values of a head for classes");
    std::vector<double> result(output.data_ptr<double>(), output.data_ptr<double>() + output.numel());
    for (double& value : result) value = value_scale_.restored(value);
    return result;
  }

  Probabilities predict(const Dataset& data, std::span<const std::size_t> rows) override {
    const torch::Tensor logits = outputs(data, rows);
    if (shape_.n_classes == 0) throw std::logic_error("cnn: predict of a head for values");
    return probabilities_of(logits);
  }

  int n_classes() const override { return network_ ? static_cast<int>(shape_.n_classes) : 0; }

  HeadFiles save() const override {
    if (!network_) throw std::logic_error("cnn: save before fit or load");
    const nlohmann::ordered_json shape{
        {"n_bins", shape_.n_bins}, {"n_frames", shape_.n_frames}, {"n_classes", shape_.n_classes}};
    HeadFiles files{{kWeightsFile, to_safetensors(state_of(*network_))}, {"cnn.json", shape.dump(2) + "\n"}};
    if (shape_.n_classes == 0) files[kValuesFile] = value_scale_.to_json();
    return files;
  }

  void load(const HeadFiles& files) override {
    network_ = nullptr;
    const auto shape = read_head_file(files, "cnn.json", [](const std::string& text) {
      const auto j = nlohmann::json::parse(text);
      return checked(CnnShape{j.at("n_bins"), j.at("n_frames"), j.at("n_classes")});
    });
    const auto network = read_head_file(files, kWeightsFile, [&](const std::string& bytes) {
      const NamedTensors state = from_safetensors(bytes);
      const auto dense = state.find("dense.weight");  // looked at first: the shape decides what is allocated
      const auto output = state.find("output.bias");
      if (dense == state.end() || dense->second.numel() != 64 * shape.n_flat() || output == state.end() ||
          output->second.numel() != shape.n_outputs()) {
        throw std::runtime_error("the weights are not of the shape that cnn.json names");
      }
      BaselineCnn loaded(shape);
      load_state(*loaded, state);
      return loaded;
    });
    if (shape.n_classes == 0) value_scale_ = read_head_file(files, kValuesFile, ValueScale::from_json);
    shape_ = shape;
    network_ = network;
    network_->eval();
  }

 private:
  static CnnShape checked(const CnnShape& shape) {
    if (shape.n_bins < 4 || shape.n_bins > 4096 || shape.n_frames < 4 || shape.n_classes < 0 || shape.n_classes == 1) {
      throw std::invalid_argument("cnn: spectrograms must have at least 4 mels and 4 frames, targets 2 classes");
    }
    return shape;
  }

  TrainingProblem problem(const Dataset& data) {
    return {*network_,
            [this, &data](auto rows) { return gather(data.spectrograms, rows, shape_); },
            [this](const torch::Tensor& x) { return network_->forward(x); },
            {},
            {},
            {},
            kLearningRate};
  }

  torch::Tensor outputs(const Dataset& data, std::span<const std::size_t> rows) {
    if (!network_) throw std::logic_error("cnn: predict before fit or load");
    if (data.spectrograms.n_bins != shape_.n_bins || data.spectrograms.n_frames != shape_.n_frames) {
      throw std::invalid_argument("cnn: spectrograms are not [" + std::to_string(shape_.n_bins) + ", " +
                                  std::to_string(shape_.n_frames) + "]");
    }
    return network_outputs(problem(data), rows);
  }

  static std::vector<double> class_weights(const Dataset& data, const TrainingFold& fold) {
    std::vector<int> targets;
    for (const std::size_t row : fold.train_rows()) targets.push_back(data.targets[row]);
    return balanced_class_weights(targets, data.n_classes);
  }

  /// Mean and standard deviation of every mel band over the training rows, in double precision.
  void fit_standardisation(const Dataset& data, const TrainingFold& fold) {
    const torch::NoGradGuard no_grad;
    torch::Tensor sum = torch::zeros({shape_.n_bins}, torch::kFloat64);
    torch::Tensor squares = torch::zeros({shape_.n_bins}, torch::kFloat64);
    for (const std::size_t row : fold.train_rows()) {
      const torch::Tensor clip = gather(data.spectrograms, {&row, 1}, shape_).to(torch::kFloat64);
      sum += clip.mean({0, 1, 3});
      squares += clip.square().mean({0, 1, 3});
    }
    const auto n = static_cast<double>(fold.train_rows().size());
    const torch::Tensor mean = sum / n;
    const torch::Tensor deviation = (squares / n - mean.square()).clamp_min(1e-6).sqrt();
    network_->input_mean.copy_(mean);
    network_->input_std.copy_(deviation);
  }

  CnnShape shape_;
  ValueScale value_scale_;
  BaselineCnn network_{nullptr};
};

}  // namespace

std::unique_ptr<Head> make_cnn_head() {
  return std::make_unique<CnnHead>();
}

}  // namespace hitscope::models
