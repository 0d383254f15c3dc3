#include "models/neural/spectrogram_head.h"

#include <torch/torch.h>

#include <array>
#include <stdexcept>

#include "models/neural/autocast.h"
#include "models/neural/channels_last.h"
#include "models/neural/grad_cam.h"
#include "models/neural/network_files.h"
#include "models/neural/network_groups.h"
#include "models/neural/own_recipe.h"
#include "models/neural/spectrogram_batches.h"
#include "models/neural/trainer.h"
#include "models/tensors/safetensors.h"
#include "models/tensors/table_tensor.h"

namespace hitscope::models::neural {
namespace {

class SpectrogramHead final : public Head {
 public:
  explicit SpectrogramHead(const HeadInfo& info) : info_(info), name_(info.name) {}

  const HeadInfo& info() const override { return info_; }

  FitSummary fit(const data::Examples& examples, const data::Targets& targets, const data::TrainingFold& fold,
                 const FitOptions& options) override {
    torch::manual_seed(options.seed);
    check(examples, options);
    const auto& networks = options.of<recipes::NetworkOptions>();
    NetworkRequest request{name_,
                           examples.spectrograms.n_bins(),
                           examples.spectrograms.n_frames,
                           n_classes_of(targets),
                           networks.clip_normalisation,
                           networks.objective,
                           {}};
    if (sees_table())
      request.encoder = data::TableEncoder::fit(examples.table, labels_of(targets), fold,
                                                options.of<data::Preprocessing>().encoder());
    stored_ = new_network(request);
    if (!options.warm_start.empty()) begin_with(stored_, options.warm_start);
    make_channels_last(*stored_.network);
    precision_ = networks.precision.value_or(networks.usual_precision);
    Source source(examples, stored_);
    source.batches.require_finite();
    fit_standardisation(source.batches, fold);
    TrainingProblem wanted = problem(source);
    if (stored_.windows.sees_windows) wanted.training_batch = augmented_batches(source, options);
    TrainingRows rows{{fold.train_rows().begin(), fold.train_rows().end()},
                      {fold.validation_rows().begin(), fold.validation_rows().end()}};
    const auto* values = std::get_if<data::Values>(&targets);
    return values != nullptr ? fit_values(*values, fold, wanted, rows, options)
                             : fit_classes(std::get<data::Classes>(targets), fold, wanted, rows, options);
  }

  std::vector<double> predict_values(const data::Examples& examples, std::span<const std::size_t> rows) override {
    const torch::Tensor output = outputs(examples, rows).contiguous();
    if (stored_.n_classes != 0) throw std::logic_error(name_ + ": predict_values of a head for classes");
    std::vector<double> result(output.data_ptr<double>(), output.data_ptr<double>() + output.numel());
    for (double& value : result) value = stored_.value_scale.restored(value);
    return result;
  }

  data::Probabilities predict(const data::Examples& examples, std::span<const std::size_t> rows) override {
    const torch::Tensor logits = outputs(examples, rows);
    if (stored_.n_classes == 0) throw std::logic_error(name_ + ": predict of a head for values");
    return probabilities_of(logits);
  }

  void check_checkpoint(const FitOptions& options) const override { check_limits(options, own_recipe(name_)); }

  void predict_in(Precision precision) override { predicts_in_ = precision; }

  bool has_class_activation() const override { return true; }

  std::vector<float> class_activation(const data::Examples& examples, std::size_t row, int cls) override {
    check_ready(examples);
    const Source source(examples, stored_);
    const ClipWindows& seen = stored_.windows;
    const std::span<const std::size_t> rows(&row, 1);
    const torch::Tensor columns = columns_of(source, rows);
    const ClipExtent clip{stored_.n_frames, stored_.repeats_short_clips ? examples.spectrograms.rows[row].n_sound : 0};
    if (!seen.sees_windows) {
      return clip_activation(*stored_.network, {source.batches.pooled(rows, seen.width)}, {0}, stored_.n_frames, clip,
                             cls, columns);
    }
    return clip_activation(*stored_.network, source.batches.windows(rows, seen), seen.starts(stored_.n_frames),
                           seen.width, clip, cls, columns);
  }

  int n_classes() const override { return stored_.network ? static_cast<int>(stored_.n_classes) : 0; }

  HeadFiles save() const override {
    if (!stored_.network) throw std::logic_error(name_ + ": save before fit or load");
    return write_network(stored_);
  }

  void load(const HeadFiles& files) override {
    stored_.network = nullptr;
    stored_ = read_network(name_, files);
    make_channels_last(*stored_.network);
  }

 private:
  bool sees_table() const { return name_ == kFusion; }

  /// Refuses what it cannot learn from, before anything is read.
  void check(const data::Examples& examples, const FitOptions& options) const {
    const data::Resampling resampling = options.of<data::Preprocessing>().resampling;
    if (resampling == data::Resampling::kSmote || resampling == data::Resampling::kSmoteTomek) {
      throw std::invalid_argument(name_ + ": SMOTE makes table rows, not spectrograms; use `resampling` random");
    }
    if (sees_table() && examples.table.empty()) throw std::invalid_argument(name_ + ": needs table columns");
    device_from(options.of<recipes::NetworkOptions>().device);
  }

  /// What batches are made of.
  struct Source {
    Source(const data::Examples& rows, const StoredNetwork& stored)
        : examples(rows), batches(rows.spectrograms, stored.repeats_short_clips) {}
    const data::Examples& examples;
    SpectrogramBatches batches;
  };

  torch::Tensor columns_of(const Source& source, std::span<const std::size_t> rows) const {
    return stored_.encoder ? tensors::table_tensor(stored_.encoder->transform(source.examples.table, rows))
                           : torch::Tensor();
  }

  torch::Tensor outputs_of(const torch::Tensor& spectrograms, const torch::Tensor& columns) {
    const Precision precision = stored_.network->is_training() ? precision_ : predicts_in_;
    const Autocast autocast(precision == Precision::kBfloat16, spectrograms.device().is_cpu());
    return stored_.network->forward(channels_last(spectrograms), columns).to(torch::kFloat32);
  }

  /// `source` must outlive it.
  TrainingProblem problem(const Source& source) {
    TrainingProblem wanted{*stored_.network,
                           {},
                           [this, &source](auto rows) {
                             return Batch{source.batches.pooled(rows, stored_.windows.width),
                                          {rows.begin(), rows.end()},
                                          {},
                                          1.0,
                                          columns_of(source, rows)};
                           },
                           [this](const Batch& batch) { return outputs_of(batch.inputs, batch.columns); }};
    wanted.recipe = own_recipe(name_);
    wanted.share = &stored_.network->share;
    wanted.identity = name_ + " for " + std::to_string(stored_.shape.n_bins) + " x " +
                      std::to_string(stored_.n_frames) + " spectrograms, clip normalisation " +
                      std::string(to_string(stored_.shape.normalisation)) + ", objective " +
                      std::string(to_string(stored_.shape.objective)) +
                      (sees_table() ? ", " + std::to_string(stored_.shape.n_columns) + " columns" : "");
    if (stored_.windows.sees_windows) {
      wanted.judge = [this, &source](auto rows) {
        const torch::Device device = stored_.network->input_mean.device();
        torch::Tensor columns = columns_of(source, rows);
        if (columns.defined()) columns = columns.to(device);
        torch::Tensor sum;
        for (const torch::Tensor& window : source.batches.windows(rows, stored_.windows)) {
          const torch::Tensor logits = outputs_of(window.to(device), columns);
          sum = sum.defined() ? sum + logits : logits;
        }
        return sum / stored_.windows.n_windows;
      };
    }
    return wanted;
  }

  std::function<Batch(std::span<const std::size_t>, int)> augmented_batches(const Source& source,
                                                                            const FitOptions& options) const {
    const torch::Tensor mean = stored_.network->input_mean.contiguous().clone();
    return [this, &source, mean, seed = options.seed,
            by = options.of<recipes::NetworkOptions>().applied_augmentation(source.examples.spectrograms.scale())](
               auto rows, int epoch) {
      Batch batch =
          source.batches.augmented(rows, stored_.windows.width, by,
                                   {mean.data_ptr<float>(), static_cast<std::size_t>(mean.numel())}, seed, epoch);
      batch.columns = columns_of(source, rows);
      if (batch.columns.defined() && !batch.partners.empty()) {
        batch.columns = batch.columns * batch.weight + columns_of(source, batch.partners) * (1.0 - batch.weight);
      }
      return batch;
    };
  }

  FitSummary fit_classes(const data::Classes& classes, const data::TrainingFold& fold, TrainingProblem& wanted,
                         TrainingRows& rows, const FitOptions& options) {
    const auto& preprocessing = options.of<data::Preprocessing>();
    if (preprocessing.resampling == data::Resampling::kRandom)
      rows.train = oversampled(classes.labels, fold, options.seed);
    wanted.objective = Objective::classes(
        classes.labels, preprocessing.balanced_class_weight ? class_weights(classes, fold) : std::vector<double>{});
    return train_network(wanted, rows, options);
  }

  FitSummary fit_values(const data::Values& values, const data::TrainingFold& fold, TrainingProblem& wanted,
                        const TrainingRows& rows, const FitOptions& options) {
    stored_.value_scale = data::ValueScale::fit(values.values, fold);
    const std::vector<double> learned = stored_.value_scale.standardised(values.values);
    const bool by_rank = stored_.shape.objective == recipes::ObjectiveKind::kRanking;
    wanted.objective = by_rank ? Objective::ranking(learned) : Objective::values(learned);
    FitSummary summary = train_network(wanted, rows, options);
    if (by_rank && !summary.stopped) {
      const torch::Tensor scores = network_outputs(wanted, rows.train).contiguous();
      const std::vector<double> reached = data::of_rows(values.values, rows.train);
      stored_.value_scale = data::ValueScale::line({scores.data_ptr<double>(), reached.size()}, reached);
    }
    return summary;
  }

  /// Throws where there is no network, or `examples` are not what it was made for.
  void check_ready(const data::Examples& examples) const {
    if (!stored_.network) throw std::logic_error(name_ + ": predict before fit or load");
    if (examples.spectrograms.n_bins() != stored_.shape.n_bins || examples.spectrograms.n_frames != stored_.n_frames) {
      throw std::invalid_argument(name_ + ": spectrograms are not [" + std::to_string(stored_.shape.n_bins) + ", " +
                                  std::to_string(stored_.n_frames) + "]");
    }
  }

  torch::Tensor outputs(const data::Examples& examples, std::span<const std::size_t> rows) {
    check_ready(examples);
    const Source source(examples, stored_);
    return network_outputs(problem(source), rows);
  }

  static std::vector<double> class_weights(const data::Classes& classes, const data::TrainingFold& fold) {
    return data::balanced_class_weights(data::of_rows(classes.labels, fold.train_rows()), classes.n_classes);
  }

  /// Mean and standard deviation of every mel band over the training rows, in double precision.
  void fit_standardisation(const SpectrogramBatches& batches, const data::TrainingFold& fold) {
    const torch::NoGradGuard no_grad;
    // What the baseline sees is pooled; whole clips are what the others see windows of.
    const std::int64_t width = stored_.windows.sees_windows ? stored_.n_frames : stored_.windows.width;
    torch::Tensor sum = torch::zeros({stored_.shape.n_bins}, torch::kFloat64);
    torch::Tensor squares = torch::zeros({stored_.shape.n_bins}, torch::kFloat64);
    for (const std::size_t row : fold.train_rows()) {
      const torch::Tensor clip = batches.pooled({&row, 1}, width).to(torch::kFloat64);
      sum += clip.mean({0, 1, 3});
      squares += clip.square().mean({0, 1, 3});
    }
    const auto n = static_cast<double>(fold.train_rows().size());
    const torch::Tensor mean = sum / n;
    const torch::Tensor deviation = (squares / n - mean.square()).clamp_min(1e-6).sqrt();
    stored_.network->input_mean.copy_(mean);
    stored_.network->input_std.copy_(deviation);
  }

  const HeadInfo& info_;
  std::string name_;
  Precision precision_ = Precision::kFloat32;  // while it learns
  Precision predicts_in_ = Precision::kFloat32;
  StoredNetwork stored_;  // no network before fit or load
};

}  // namespace

namespace {

constexpr unsigned kMeets = data::needs::kNetwork | data::needs::kSpectrograms | data::needs::kEarlyStopping |
                            data::needs::kClasses | data::needs::kValues;

template <std::size_t i>
std::unique_ptr<Head> make() {
  return std::make_unique<SpectrogramHead>(spectrogram_heads()[i]);
}

HeadInfo network(std::string_view name, std::string_view summary, std::unique_ptr<Head> (*make_it)(), bool is_usual) {
  return {name, summary, HeadInput::kSpectrogram, kMeets | data::needs::kWindows, is_usual,
          true, make_it, network_options};
}

std::array<HeadInfo, 6> listed() {
  std::array<HeadInfo, 6> heads{
      network("cnn", "the baseline: a small CNN on the whole clip", make<0>, true),
      network("four_block_cnn", "four convolution blocks with batch norm", make<1>, false),
      network("short_chunk_resnet", "a residual CNN on windows of a clip (Won and others, 2020)", make<2>, true),
      network("musicnn", "tall and wide filters (Pons and Serra, 2019)", make<3>, false),
      network("crnn", "convolutions, then a recurrent layer (Choi and others, 2017)", make<4>, false),
      network(kFusion, "short_chunk_resnet, with table columns next to its embedding", make<5>, true)};
  heads[0].meets &= ~data::needs::kWindows;
  heads[5].meets |= data::needs::kTable;
  heads[5].input = HeadInput::kBoth;
  heads[5].is_exportable = false;
  return heads;
}

}  // namespace

std::span<const HeadInfo> spectrogram_heads() {
  static const std::array<HeadInfo, 6> heads = listed();
  return heads;
}

}  // namespace hitscope::models::neural
