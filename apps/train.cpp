// hitscope train TABLE --spectrograms DIR --out RUN
#include <CLI/CLI.hpp>
#include <map>

#include "apps/learning/train_data_options.h"
#include "apps/learning/train_run.h"

namespace {

using namespace hitscope;

void add_preprocessing(CLI::App& app, apps::HeadRequest& heads) {
  const char* group = "Preprocessing (learned from training rows only)";
  const auto named = [&](const char* flag, const char* words, auto& field, auto from) {
    app.add_option_function<std::string>(
           flag, [&field, from](const std::string& name) { field = from(name); }, words)
        ->group(group);
  };
  models::FitOptions& fit = heads.fit;
  named("--impute", "missing numbers: mean, median (default), most-frequent", fit.encoder.imputation,
        models::imputation_from);
  named("--scale", "numbers: standard (default), min-max, robust, none", fit.encoder.scaling, models::scaling_from);
  app.add_option("--select-k", fit.encoder.select_k, "keep the k best columns (ANOVA F); 0: all")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  named("--resample", "training rows of rare classes: none (default), random, smote, smote-tomek", fit.resampling,
        models::resampling_from);
  app.add_flag("--balanced-class-weight", fit.balanced_class_weight, "rare classes weigh more in the loss")
      ->group(group);
  named("--calibrate", "probabilities, on validation rows: none (default), platt, isotonic", heads.calibration,
        models::calibration_from);
  named("--tune-threshold", "of two classes, on validation rows: none (default), f1, balanced-accuracy",
        heads.threshold, models::threshold_metric_from);
}

void add_training(CLI::App& app, apps::TrainRunConfig& config) {
  const char* group = "Training";
  models::FitOptions& fit = config.heads.fit;
  app.add_option_function<std::string>(
         "--clip-normalisation",
         [&fit](const std::string& name) { fit.clip_normalisation = models::clip_normalisation_from(name); },
         "what is taken from each clip: none (default), level (how loud it is), bins (its mean spectrum too, as "
         "microphones and rooms differ)")
      ->group(group);
  app.add_flag_function(
         "--no-augmentation", [&fit](std::int64_t) { fit.augmentation = models::no_augmentation(); },
         "networks but cnn: no shifts, warps, gains, filters, noise and masks of training clips")
      ->group(group);
  app.add_option("--mixup", fit.augmentation.mixup_alpha, "networks but cnn: mix pairs by a Beta(ALPHA, ALPHA)")
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option("--precision", fit.precision,
                 "of networks on spectrograms while they learn: float32 (default), bfloat16")
      ->transform(CLI::Transformer(std::map<std::string, models::Precision>{{"float32", models::Precision::kFloat32},
                                                                            {"bfloat16", models::Precision::kBfloat16}})
                      .description(""))
      ->type_name("NAME")
      ->group(group);
  app.add_option("--epochs", fit.max_epochs, "at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--patience", fit.patience, "epochs without a better validation loss before stopping")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--batch-size", fit.batch_size, "rows per step")
      ->capture_default_str()
      ->check(CLI::Range(2, 65536))
      ->group(group);
  app.add_option("--learning-rate", fit.learning_rate,
                 "of AdamW (default: cnn 0.0001, mlp 0.001, other networks 0.002, which falls as a cosine)")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--checkpoint-every", fit.checkpoint_every_s, "seconds between checkpoints, 0: every epoch")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_flag("--tensorboard", config.heads.tensorboard, "write the epochs for TensorBoard, too: RUN/tensorboard/HEAD")
      ->group(group);
  app.add_option("--threads", config.n_threads, "of LibTorch (default: one per core)")->group(group);
}

}  // namespace

int main(int argc, char** argv) {
  apps::TrainRunConfig config;
  CLI::App app("Trains heads on spectrograms and table columns and judges them on rows they never saw.",
               "hitscope train");
  apps::add_data_options(app, config.data)->required();
  app.add_option("--out", config.folder, "run folder: weights, metrics, predictions, report")->required();
  app.add_option("--heads", config.heads.heads,
                 "cnn, four_block_cnn, short_chunk_resnet, musicnn, crnn (spectrograms); mlp, random_forest, "
                 "boosted_trees, logistic, "
                 "ridge (table); default: all that the data and the labels allow but four_block_cnn, musicnn and crnn")
      ->delimiter(',');
  apps::add_split_options(app, config.data, config.split);
  app.add_option("--cv", config.n_folds, "cross-validate every head over so many folds of the split")
      ->check(CLI::Range(2, 100))
      ->group("Split");
  app.add_flag("--compare-splits", config.compare_splits,
               "fit under the other splits too (random, group, temporal) and print them side by side")
      ->group("Split");
  add_preprocessing(app, config.heads);
  add_training(app, config);
  app.footer(apps::help_footer(
      "  hitscope train songs.csv --spectrograms spectrograms --out run\n"
      "  hitscope train songs.csv --out run --heads random_forest,logistic --compare-splits --cv 5\n"
      "  hitscope train digits.csv --spectrograms specs --out run --target digit --split-column fold --test-fold 5\n"
      "  hitscope train top.csv --out run --target 'Track Score' --labels median --no-features 'All Time Rank'\n"));
  config.command = {"hitscope", "train"};
  config.command.insert(config.command.end(), argv + 1, argv + argc);
  return apps::run_verb(app, argc, argv, [&] { return apps::run_train(config); });
}
