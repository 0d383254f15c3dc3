#include "apps/train/training_options.h"

#include <CLI/CLI.hpp>

namespace hitscope::apps::train {
namespace {

/// An option that takes one of a set of names.
template <typename Field, typename From>
void add_named(CLI::App& app, const char* group, const char* flag, const char* words, Field& field, const From& from) {
  app.add_option_function<std::string>(
         flag, [&field, from](const std::string& name) { field = from(name); }, words)
      ->type_name("NAME")
      ->group(group);
}

void add_learning_rate(CLI::App& app, models::FitOptions& fit, const char* group) {
  app.add_option_function<std::string>(
         "--learning-rate",
         [&fit](const std::string& text) {
           fit.search_learning_rate = text == "auto";
           if (fit.search_learning_rate) return;
           double rate = 0.0;
           if (!CLI::detail::lexical_cast(text, rate) || !(rate > 0.0)) {
             throw CLI::ValidationError("--learning-rate", "is '" + text + "'; it must be a number over 0, or auto");
           }
           fit.learning_rate = rate;
         },
         "of AdamW, at its highest (default: cnn 0.0001, mlp 0.001, other networks 0.002); auto: of a range test, "
         "where "
         "the loss falls fastest")
      ->type_name("NUMBER|auto")
      ->group(group);
}

/// How networks take their steps.
void add_recipe(CLI::App& app, models::FitOptions& fit) {
  const char* group = "Steps of networks";
  models::neural::recipes::RecipeChoice& recipe = fit.recipe;
  add_learning_rate(app, fit, group);
  add_named(app, group, "--schedule",
            "of the learning rate: constant (cnn and mlp), cosine (the other networks), one-cycle", recipe.schedule,
            models::neural::recipes::schedule_from);
  app.add_option("--warm-up", recipe.warm_up,
                 "share of the steps until the learning rate is reached, but of one-cycle (default: cnn and mlp 0, "
                 "others 0.05)")
      ->check(CLI::Range(0.0, 0.99))
      ->group(group);
  app.add_option("--weight-decay", recipe.weight_decay, "of AdamW (default: cnn and mlp 0, others 0.02)")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--clip-gradient", recipe.clip_norm,
                 "norm that the gradient is cut to, 0: none (default: cnn and mlp 0, others 5)")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--accumulate", recipe.accumulate, "batches per step")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536))
      ->group(group);
  app.add_option("--ema", recipe.ema_decay,
                 "decay of the weights' moving average, which predicts, 0: none (default: cnn and mlp 0, others 0.99)")
      ->check(CLI::Range(0.0, 0.999999))
      ->group(group);
  app.add_flag("--balanced-batches", recipe.balanced_batches, "draw every class as often")->group(group);
  add_named(app, group, "--stop-on",
            "what validation rows choose the best epoch by: loss (default), accuracy, balanced-accuracy, macro-f1, "
            "kappa2; of a regression r2, spearman",
            recipe.stop_metric, models::neural::recipes::stop_metric_from);
}

/// What networks minimise.
void add_objective(CLI::App& app, models::FitOptions& fit) {
  const char* group = "Steps of networks";
  add_named(app, group, "--objective",
            "of networks on spectrograms: plain (default), ordinal (ordered classes by a cumulative link), ranking "
            "(--labels regression or percentile: which of two clips is higher)",
            fit.objective, models::neural::recipes::objective_from);
  app.add_option("--label-smoothing", fit.recipe.label_smoothing,
                 "share of a class that all classes get (default: cnn and mlp 0, others 0.1)")
      ->check(CLI::Range(0.0, 0.99))
      ->group(group);
  app.add_option("--focal-gamma", fit.recipe.focal_gamma, "focal loss: sure rows weigh (1 - p)^GAMMA; 0: none")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(group);
}

/// What networks on spectrograms are given.
void add_clips(CLI::App& app, models::FitOptions& fit) {
  const char* group = "Clips";
  add_named(app, group, "--clip-normalisation",
            "what is taken from each clip: none (default), level (how loud it is), bins (its mean spectrum too, as "
            "microphones and rooms differ)",
            fit.clip_normalisation, models::neural::recipes::clip_normalisation_from);
  app.add_flag_function(
         "--no-augmentation", [&fit](std::int64_t) { fit.augmentation = models::neural::recipes::no_augmentation(); },
         "networks but cnn: no shifts, warps, gains, filters, noise and masks of training clips")
      ->group(group);
  app.add_option("--mixup", fit.augmentation.mixup_alpha, "networks but cnn: mix pairs by a Beta(ALPHA, ALPHA)")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
}

}  // namespace

void add_preprocessing_options(CLI::App& app, HeadRequest& heads) {
  const char* group = "Preprocessing (learned from training rows only)";
  const auto named = [&](const char* flag, const char* words, auto& field, auto from) {
    app.add_option_function<std::string>(
           flag, [&field, from](const std::string& name) { field = from(name); }, words)
        ->group(group);
  };
  models::FitOptions& fit = heads.fit;
  named("--impute", "missing numbers: mean, median (default), most-frequent", fit.encoder.imputation,
        models::data::imputation_from);
  named("--scale", "numbers: standard (default), min-max, robust, none", fit.encoder.scaling,
        models::data::scaling_from);
  app.add_option("--select-k", fit.encoder.select_k, "keep the k best columns (ANOVA F); 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  named("--resample", "training rows of rare classes: none (default), random, smote, smote-tomek", fit.resampling,
        models::data::resampling_from);
  app.add_flag("--balanced-class-weight", fit.balanced_class_weight, "rare classes weigh more in the loss")
      ->group(group);
  named("--calibrate", "probabilities, on validation rows: none (default), platt, isotonic", heads.calibration,
        models::evaluation::calibration_from);
  named("--tune-threshold", "of two classes, on validation rows: none (default), f1, balanced-accuracy",
        heads.threshold, models::evaluation::threshold_metric_from);
}

void add_training_options(CLI::App& app, TrainRunConfig& config) {
  const char* group = "Training";
  models::FitOptions& fit = config.heads.fit;
  app.add_option("--epochs", fit.max_epochs, "at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--patience", fit.patience, "epochs that are no better before stopping")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--batch-size", fit.batch_size, "rows per batch")
      ->capture_default_str()
      ->check(CLI::Range(2, 65536))
      ->group(group);
  app.add_option("--checkpoint-every", fit.checkpoint_every_s, "seconds between checkpoints, 0: every epoch")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  add_named(
      app, group, "--precision",
      "of networks on spectrograms while they learn: float32, bfloat16 (default where the processor multiplies in it: "
      "faster, and as good)",
      config.heads.precision, models::neural::recipes::precision_from);
  app.add_option("--device", fit.device, "where networks learn: cpu, cuda, cuda:N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", config.n_threads, "of LibTorch (default: one per core)")->group(group);
  app.add_flag("--tensorboard", config.heads.tensorboard, "write the epochs for TensorBoard, too: RUN/tensorboard/HEAD")
      ->group(group);
  add_objective(app, fit);
  add_recipe(app, fit);
  add_clips(app, fit);
}

}  // namespace hitscope::apps::train
