// The options of networks: how long, how fast and on what they train. Free of LibTorch.
// Thread safety: plain values.
#pragma once

#include <optional>
#include <string>

#include "models/head.h"
#include "models/neural/recipes/augmentation.h"
#include "models/neural/recipes/recipe.h"

namespace hitscope::models::neural::recipes {

/// Peak learning rate of AdamW.
struct LearningRate {
  double value = 0.0;        ///< the rate; 0: the network's default
  bool is_searched = false;  ///< choose it by a range test instead

  /// "auto" or a number greater than 0. Throws dsp::FieldError.
  static LearningRate from_text(const dsp::Field& field, const std::string& text);
  std::string text() const;
};

struct NetworkOptions {
  int max_epochs = 60;
  int batch_size = 32;  ///< rows per step and process
  LearningRate learning_rate;
  std::string device = "cpu";     ///< "cpu", "cuda", "cuda:N"
  double checkpoint_every_s = 5;  ///< seconds between checkpoints, within an epoch too; 0: after every epoch
  ObjectiveKind objective = ObjectiveKind::kPlain;
  std::optional<Precision> precision;               ///< in training; empty: usual_precision. Prediction is in float32
  Precision usual_precision = Precision::kFloat32;  ///< used if `precision` is empty
  ClipNormalisation clip_normalisation = ClipNormalisation::kNone;
  bool augment = true;  ///< false: training clips are only cropped and mixed
  RecipeChoice recipe;
  Augmentation augmentation;  ///< changes to training clips; the cnn does without

  /// The augmentation of spectrograms of this scale that `augment` and `augmentation` come to: changes in decibels are
  /// left out unless the values are in decibels.
  Augmentation applied_augmentation(dsp::Scale scale) const;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = NetworkOptions;
    namespace needs = data::needs;
    // No `needs`: a limit is accepted whatever is trained.
    visit(&C::max_epochs,
          {.name = "epochs",
           .help = "maximum number of epochs; a finished run goes on with more, if its networks have a constant "
                   "learning rate (cnn, mlp)",
           .rule = dsp::between(1, 100000),
           .is_limit = true});
    visit(&C::batch_size, {.name = "batch_size",
                           .help = "number of rows per batch (with several processes: per process)",
                           .value = "ROWS",
                           .rule = dsp::between(2, 65536),
                           .needs = needs::kNetwork});
    visit(&C::learning_rate,
          {.name = "learning_rate",
           .help = "peak learning rate of AdamW, or auto: the rate at which the loss falls fastest in "
                   "a range test (default: cnn 0.0001, mlp 0.001, other networks 0.002)",
           .value = "RATE",
           .needs = needs::kNetwork});
    visit(&C::device,
          {.name = "device", .help = "device that networks train on: cpu, cuda or cuda:N", .needs = needs::kNetwork});
    visit(&C::checkpoint_every_s, {.name = "checkpoint_every",
                                   .help = "seconds between checkpoints; 0 writes one after every epoch",
                                   .value = "SECONDS",
                                   .rule = dsp::at_least(0),
                                   .needs = needs::kNetwork,
                                   .is_identity = false});
    describe_clips(visit);
  }

 private:
  /// The settings of networks with spectrogram input.
  template <typename Visit>
  static void describe_clips(Visit&& visit) {
    using C = NetworkOptions;
    namespace needs = data::needs;
    visit(&C::objective, {.name = "objective",
                          .help = "loss of networks with spectrogram input",
                          .needs = needs::kNetwork | needs::kSpectrograms});
    visit(&C::precision, {.name = "precision",
                          .help = "number format of multiplications in the training of networks with spectrogram input "
                                  "(default: bfloat16 where the processor supports it, otherwise float32)",
                          .needs = needs::kNetwork | needs::kSpectrograms});
    visit(&C::usual_precision, {.name = "usual_precision", .flag = "-"});
    visit(&C::clip_normalisation, {.name = "clip_normalisation",
                                   .help = "what is subtracted from each spectrogram",
                                   .needs = needs::kNetwork | needs::kSpectrograms});
    visit(&C::augment, {.name = "augmentation",
                        .help = "do not augment training clips by shifts, warps, gains, filters, noise and masks",
                        .needs = needs::kWindows,
                        .flag = "--no-augmentation"});
  }
};

/// All settings of networks in `options`, by heading.
std::vector<OptionGroup> network_option_groups(FamilyOptions& options);

}  // namespace hitscope::models::neural::recipes
