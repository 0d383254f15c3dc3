#include "models/neural/spectrogram_head.h"

#include <torch/torch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "models/data/table_encoder.h"
#include "models/data/table_tensor.h"
#include "models/data/value_scale.h"
#include "models/head_files.h"
#include "models/neural/autocast.h"
#include "models/neural/grad_cam.h"
#include "models/neural/networks/baseline_cnn.h"
#include "models/neural/safetensors.h"
#include "models/neural/spectrogram_batches.h"
#include "models/neural/trainer.h"

namespace hitscope::models {
namespace {

constexpr std::int64_t kPooledWidth = 128;  // frames that the baseline sees; more are average-pooled to it
constexpr std::int64_t kWindow = 256;       // frames of a window of the other networks, at most
constexpr int kMostWindows = 8;
constexpr std::string_view kFusion = "fusion";
constexpr std::string_view kFusionNetwork = "short_chunk_resnet";

struct ClipShape {
  std::int64_t n_bins = 0;
  std::int64_t n_frames = 0;   // of a stored spectrogram
  std::int64_t n_classes = 0;  // 0: a value
  ClipNormalisation normalisation = ClipNormalisation::kNone;
  ObjectiveKind objective = ObjectiveKind::kPlain;
  std::int64_t n_columns = 0;  // of the table, encoded

  std::int64_t n_outputs() const { return std::max<std::int64_t>(1, n_classes); }
};

/// What differs between the baseline and the networks that take any width.
struct Plan {
  bool sees_windows = false;
  std::int64_t width = 0;
  int n_windows = 1;
  Recipe recipe;
};

Plan plan_of(std::string_view name, std::int64_t n_frames) {
  // A dense layer on tens of thousands of positive inputs moves far with every step of Adam: at 1e-3 most of its units
  // die in the first epoch.
  if (name == "cnn") return {false, std::min(n_frames, kPooledWidth), 1, {.learning_rate = 1e-4}};
  const std::int64_t width = std::min(n_frames, kWindow);
  const auto n_windows = static_cast<int>((n_frames + width - 1) / width);
  return {true,
          width,
          std::min(kMostWindows, n_windows),
          {.learning_rate = 2e-3,
           .weight_decay = 0.02,
           .label_smoothing = 0.1,
           .schedule = Schedule::kCosine,
           .warm_up = 0.05,
           .clip_norm = 5.0,
           .ema_decay = 0.99}};
}

/// Convolutions are faster where channels lie beside each other. Tensors of one channel are both at once, and stay as
/// they are unless they are copied.
torch::Tensor channels_last(const torch::Tensor& x) {
  return x.to(x.options(), false, true, torch::MemoryFormat::ChannelsLast);
}

void make_channels_last(torch::nn::Module& network) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& weight : network.parameters()) {
    if (weight.dim() == 4) weight.set_data(channels_last(weight));
  }
}

class SpectrogramHead final : public Head {
 public:
  explicit SpectrogramHead(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }
  HeadInput input() const override { return sees_table() ? HeadInput::kBoth : HeadInput::kSpectrogram; }
  bool learns_values() const override { return true; }

  FitSummary fit(const Dataset& data, const TrainingFold& fold, const FitOptions& options) override {
    torch::manual_seed(options.seed);
    check(data, options);
    if (sees_table()) encoder_ = TableEncoder::fit(data.table, data.targets, fold, options.encoder);
    shape_ = checked({data.spectrograms.n_bins, data.spectrograms.n_frames, data.n_classes, options.clip_normalisation,
                      options.objective, encoder_ ? static_cast<std::int64_t>(encoder_->n_columns()) : 0});
    network_ = made(shape_);
    precision_ = options.precision;
    Source source(data);
    source.batches.require_finite(fold.train_rows());
    source.batches.require_finite(fold.validation_rows());
    fit_standardisation(source.batches, fold);
    TrainingProblem wanted = problem(source);
    if (plan().sees_windows) wanted.training_batch = augmented_batches(source, options);
    TrainingRows rows{{fold.train_rows().begin(), fold.train_rows().end()},
                      {fold.validation_rows().begin(), fold.validation_rows().end()}};
    return data.n_classes == 0 ? fit_values(data, fold, wanted, rows, options)
                               : fit_classes(data, fold, wanted, rows, options);
  }

  std::vector<double> predict_values(const Dataset& data, std::span<const std::size_t> rows) override {
    const torch::Tensor output = outputs(data, rows).contiguous();
    if (shape_.n_classes != 0) throw std::logic_error(name_ + ": predict_values of a head for classes");
    std::vector<double> result(output.data_ptr<double>(), output.data_ptr<double>() + output.numel());
    for (double& value : result) value = value_scale_.restored(value);
    return result;
  }

  Probabilities predict(const Dataset& data, std::span<const std::size_t> rows) override {
    const torch::Tensor logits = outputs(data, rows);
    if (shape_.n_classes == 0) throw std::logic_error(name_ + ": predict of a head for values");
    return probabilities_of(logits);
  }

  bool has_class_activation() const override { return true; }

  std::vector<float> class_activation(const Dataset& data, std::size_t row, int cls) override {
    check_ready(data);
    const Source source(data);
    const Plan seen = plan();
    const std::span<const std::size_t> rows(&row, 1);
    const torch::Tensor columns = columns_of(source, rows);
    if (!seen.sees_windows) {
      return clip_activation(*network_, {source.batches.pooled(rows, seen.width)}, {0}, shape_.n_frames,
                             shape_.n_frames, cls, columns);
    }
    return clip_activation(*network_, source.batches.windows(rows, seen.width, seen.n_windows),
                           source.batches.window_starts(seen.width, seen.n_windows), seen.width, shape_.n_frames, cls,
                           columns);
  }

  int n_classes() const override { return network_ ? static_cast<int>(shape_.n_classes) : 0; }

  HeadFiles save() const override {
    if (!network_) throw std::logic_error(name_ + ": save before fit or load");
    const nlohmann::ordered_json shape{{"n_bins", shape_.n_bins},
                                       {"n_frames", shape_.n_frames},
                                       {"n_classes", shape_.n_classes},
                                       {"clip_normalisation", to_string(shape_.normalisation)},
                                       {"objective", to_string(shape_.objective)},
                                       {"n_columns", shape_.n_columns}};
    HeadFiles files{{weights_file(), to_safetensors(state_of(*network_))}, {shape_file(), shape.dump(2) + "\n"}};
    if (shape_.n_classes == 0) files[values_file()] = value_scale_.to_json();
    if (encoder_) files[features_file()] = encoder_->to_json();
    return files;
  }

  void load(const HeadFiles& files) override {
    network_ = nullptr;
    const auto shape = read_head_file(files, shape_file(), [this](const std::string& text) {
      const auto j = nlohmann::json::parse(text);
      return checked(ClipShape{j.at("n_bins"), j.at("n_frames"), j.at("n_classes"),
                               clip_normalisation_from(j.at("clip_normalisation").get<std::string>()),
                               objective_from(j.at("objective").get<std::string>()), j.at("n_columns")});
    });
    const auto network = read_head_file(files, weights_file(), [&](const std::string& bytes) {
      const NamedTensors state = from_safetensors(bytes);
      check_size(state, shape);  // first: the shape decides what is allocated
      auto loaded = made(shape);
      load_state(*loaded, state);
      return loaded;
    });
    if (shape.n_classes == 0) value_scale_ = read_head_file(files, values_file(), ValueScale::from_json);
    if (sees_table()) encoder_ = read_head_file(files, features_file(), TableEncoder::from_json);
    if (encoder_ && static_cast<std::int64_t>(encoder_->n_columns()) != shape.n_columns) {
      throw std::runtime_error(features_file() + ": has other columns than " + shape_file() + " says");
    }
    shape_ = shape;
    network_ = network;
    network_->eval();
  }

 private:
  std::string weights_file() const { return name_ + ".safetensors"; }
  std::string shape_file() const { return name_ + ".json"; }
  std::string values_file() const { return name_ + ".values.json"; }      // of a regression only
  std::string features_file() const { return name_ + ".features.json"; }  // of a head that sees the table too

  bool sees_table() const { return name_ == kFusion; }
  std::string_view network_name() const { return sees_table() ? kFusionNetwork : name_; }

  Plan plan() const { return plan_of(name_, shape_.n_frames); }

  std::shared_ptr<SpectrogramNetworkImpl> made(const ClipShape& shape) const {
    auto network = make_network(network_name(), {shape.n_bins, plan_of(name_, shape.n_frames).width, shape.n_outputs(),
                                                 shape.normalisation, shape.n_columns, shape.objective});
    make_channels_last(*network);
    return network;
  }

  void check_size(const NamedTensors& state, const ClipShape& shape) const {
    const auto is = [&](const char* key, std::int64_t numel) {
      const auto found = state.find(key);
      return found != state.end() && found->second.numel() == numel;
    };
    const std::int64_t n_flat =
        BaselineCnnImpl::n_flat({shape.n_bins, plan_of(name_, shape.n_frames).width, shape.n_outputs()});
    const bool is_ordinal = shape.objective == ObjectiveKind::kOrdinal;
    if (is("output.bias", is_ordinal ? 1 : shape.n_outputs()) && (name_ != "cnn" || is("dense.weight", 64 * n_flat)))
      return;
    throw std::runtime_error("the weights are not of the shape that " + shape_file() + " names");
  }

  ClipShape checked(const ClipShape& shape) const {
    if (shape.n_bins < 4 || shape.n_bins > 4096 || shape.n_frames < 4 || shape.n_classes < 0 || shape.n_classes == 1) {
      throw std::invalid_argument(name_ + ": spectrograms must have at least 4 mels and 4 frames, targets 2 classes");
    }
    if (shape.n_columns < 0 || (shape.n_columns > 0) != sees_table()) {
      throw std::invalid_argument(name_ + (sees_table() ? ": needs table columns" : ": has no use for table columns"));
    }
    const bool is_regression = shape.n_classes == 0;
    if (shape.objective == (is_regression ? ObjectiveKind::kOrdinal : ObjectiveKind::kRanking)) {
      throw std::invalid_argument(
          name_ + ": objective is " + std::string(to_string(shape.objective)) +
          (is_regression ? "; it must be plain or ranking for values" : "; it must be plain or ordinal for classes"));
    }
    return shape;
  }

  /// Refuses what it cannot learn from, before anything is read.
  void check(const Dataset& data, const FitOptions& options) const {
    if (options.resampling == Resampling::kSmote || options.resampling == Resampling::kSmoteTomek) {
      throw std::invalid_argument(name_ + ": SMOTE makes table rows, not spectrograms; resample by random");
    }
    if (sees_table() && data.table.empty()) throw std::invalid_argument(name_ + ": needs table columns");
    device_from(options.device);
  }

  /// What batches are made of.
  struct Source {
    explicit Source(const Dataset& dataset) : data(dataset), batches(dataset.spectrograms) {}
    const Dataset& data;
    SpectrogramBatches batches;
  };

  torch::Tensor columns_of(const Source& source, std::span<const std::size_t> rows) const {
    return encoder_ ? table_tensor(encoder_->transform(source.data.table, rows)) : torch::Tensor();
  }

  torch::Tensor outputs_of(const torch::Tensor& spectrograms, const torch::Tensor& columns) {
    const Autocast autocast(precision_ == Precision::kBfloat16 && network_->is_training(),
                            spectrograms.device().is_cpu());
    return network_->forward(channels_last(spectrograms), columns).to(torch::kFloat32);
  }

  /// `source` must outlive it.
  TrainingProblem problem(const Source& source) {
    TrainingProblem wanted{
        *network_,
        {},
        [this, &source](auto rows) {
          return Batch{
              source.batches.pooled(rows, plan().width), {rows.begin(), rows.end()}, {}, 1.0, columns_of(source, rows)};
        },
        [this](const Batch& batch) { return outputs_of(batch.inputs, batch.columns); }};
    wanted.recipe = plan().recipe;
    wanted.share = &network_->share;
    wanted.identity = name_ + " for " + std::to_string(shape_.n_bins) + " x " + std::to_string(shape_.n_frames) +
                      " spectrograms, clip normalisation " + std::string(to_string(shape_.normalisation)) +
                      ", objective " + std::string(to_string(shape_.objective)) +
                      (sees_table() ? ", " + std::to_string(shape_.n_columns) + " columns" : "");
    if (plan().sees_windows) {
      wanted.judge = [this, &source](auto rows) {
        const torch::Device device = network_->input_mean.device();
        torch::Tensor columns = columns_of(source, rows);
        if (columns.defined()) columns = columns.to(device);
        torch::Tensor sum;
        for (const torch::Tensor& window : source.batches.windows(rows, plan().width, plan().n_windows)) {
          const torch::Tensor logits = outputs_of(window.to(device), columns);
          sum = sum.defined() ? sum + logits : logits;
        }
        return sum / plan().n_windows;
      };
    }
    return wanted;
  }

  std::function<Batch(std::span<const std::size_t>, int)> augmented_batches(const Source& source,
                                                                            const FitOptions& options) const {
    const torch::Tensor mean = network_->input_mean.contiguous().clone();
    return [this, &source, mean, seed = options.seed, by = options.augmentation](auto rows, int epoch) {
      Batch batch = source.batches.augmented(
          rows, plan().width, by, {mean.data_ptr<float>(), static_cast<std::size_t>(mean.numel())}, seed, epoch);
      batch.columns = columns_of(source, rows);
      if (batch.columns.defined() && !batch.partners.empty()) {
        batch.columns = batch.columns * batch.weight + columns_of(source, batch.partners) * (1.0 - batch.weight);
      }
      return batch;
    };
  }

  FitSummary fit_classes(const Dataset& data, const TrainingFold& fold, TrainingProblem& wanted, TrainingRows& rows,
                         const FitOptions& options) {
    if (options.resampling == Resampling::kRandom) rows.train = oversampled(data.targets, fold, options.seed);
    wanted.objective = Objective::classes(
        data.targets, options.balanced_class_weight ? class_weights(data, fold) : std::vector<double>{});
    return train_network(wanted, rows, options);
  }

  FitSummary fit_values(const Dataset& data, const TrainingFold& fold, TrainingProblem& wanted,
                        const TrainingRows& rows, const FitOptions& options) {
    value_scale_ = ValueScale::fit(data.values, fold);
    const std::vector<double> values = value_scale_.standardised(data.values);
    const bool by_rank = shape_.objective == ObjectiveKind::kRanking;
    wanted.objective = by_rank ? Objective::ranking(values) : Objective::values(values);
    FitSummary summary = train_network(wanted, rows, options);
    if (by_rank && !summary.stopped) {
      const torch::Tensor scores = network_outputs(wanted, rows.train).contiguous();
      std::vector<double> reached;
      for (const std::size_t row : rows.train) reached.push_back(data.values[row]);
      value_scale_ = ValueScale::line({scores.data_ptr<double>(), reached.size()}, reached);
    }
    return summary;
  }

  /// Throws where there is no network, or `data` are not what it was made for.
  void check_ready(const Dataset& data) const {
    if (!network_) throw std::logic_error(name_ + ": predict before fit or load");
    if (data.spectrograms.n_bins != shape_.n_bins || data.spectrograms.n_frames != shape_.n_frames) {
      throw std::invalid_argument(name_ + ": spectrograms are not [" + std::to_string(shape_.n_bins) + ", " +
                                  std::to_string(shape_.n_frames) + "]");
    }
  }

  torch::Tensor outputs(const Dataset& data, std::span<const std::size_t> rows) {
    check_ready(data);
    const Source source(data);
    source.batches.require_finite(rows);
    return network_outputs(problem(source), rows);
  }

  static std::vector<double> class_weights(const Dataset& data, const TrainingFold& fold) {
    std::vector<int> targets;
    for (const std::size_t row : fold.train_rows()) targets.push_back(data.targets[row]);
    return balanced_class_weights(targets, data.n_classes);
  }

  /// Mean and standard deviation of every mel band over the training rows, in double precision.
  void fit_standardisation(const SpectrogramBatches& batches, const TrainingFold& fold) {
    const torch::NoGradGuard no_grad;
    // What the baseline sees is pooled; whole clips are what the others see windows of.
    const std::int64_t width = plan().sees_windows ? shape_.n_frames : plan().width;
    torch::Tensor sum = torch::zeros({shape_.n_bins}, torch::kFloat64);
    torch::Tensor squares = torch::zeros({shape_.n_bins}, torch::kFloat64);
    for (const std::size_t row : fold.train_rows()) {
      const torch::Tensor clip = batches.pooled({&row, 1}, width).to(torch::kFloat64);
      sum += clip.mean({0, 1, 3});
      squares += clip.square().mean({0, 1, 3});
    }
    const auto n = static_cast<double>(fold.train_rows().size());
    const torch::Tensor mean = sum / n;
    const torch::Tensor deviation = (squares / n - mean.square()).clamp_min(1e-6).sqrt();
    network_->input_mean.copy_(mean);
    network_->input_std.copy_(deviation);
  }

  std::string name_;
  Precision precision_ = Precision::kFloat32;
  ClipShape shape_;
  ValueScale value_scale_;
  std::optional<TableEncoder> encoder_;  // of a head that sees the table too
  std::shared_ptr<SpectrogramNetworkImpl> network_;
};

}  // namespace

std::vector<std::string> spectrogram_head_names() {
  const auto names = network_names();
  std::vector<std::string> heads(names.begin(), names.end());
  heads.emplace_back(kFusion);
  return heads;
}

std::unique_ptr<Head> make_spectrogram_head(std::string_view name) {
  const auto names = spectrogram_head_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw std::invalid_argument("network '" + std::string(name) + "' is unknown");
  }
  return std::make_unique<SpectrogramHead>(name);
}

}  // namespace hitscope::models
