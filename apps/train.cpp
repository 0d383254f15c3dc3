// hitscope train CATALOGUE --spectrograms DIR --out RUN
#include <CLI/CLI.hpp>
#include <map>

#include "apps/pipeline/train_run.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  using apps::SplitKind;
  apps::TrainRunConfig config;
  std::string split;
  const std::map<std::string, SplitKind> kinds{
      {"group", SplitKind::kGroup}, {"random", SplitKind::kRandom}, {"column", SplitKind::kColumn}};
  CLI::App app("Trains heads on spectrograms and table columns and judges them on rows they never saw.",
               "hitscope train");
  app.add_option("catalogue", config.data.catalogue, "CSV with a header: labels and feature columns")->required();
  app.add_option("--out", config.folder, "run folder: weights, metrics, predictions, report")->required();
  app.add_option("--spectrograms", config.data.spectrograms, "folder made by render; rows are joined by id");
  app.add_option("--heads", config.heads, "cnn (spectrograms), mlp, logistic (table); default: all the data allow")
      ->delimiter(',');
  const char* labels = "Labels and columns";
  app.add_option("--target", config.data.target, "column to predict (default: popularity)")->group(labels);
  app.add_option("--thresholds", config.data.thresholds, "class edges (default for popularity: 34,67)")
      ->delimiter(',')
      ->group(labels);
  app.add_option("--features", config.data.features, "columns to learn from, or none (default: all that can be)")
      ->delimiter(',')
      ->group(labels);
  app.add_option("--id-column", config.data.columns.id, "column of the track id")->group(labels);
  app.add_option("--artist-column", config.data.columns.artist, "column of the artist")->group(labels);
  app.add_option("--popularity-column", config.data.columns.popularity, "column of the popularity, 0 to 100")
      ->group(labels);
  const char* splits = "Split";
  app.add_option("--split", split, "group: no artist on two sides (default); random; column")
      ->check(CLI::IsMember({"group", "random", "column"}))
      ->group(splits);
  app.add_option("--group-column", config.data.group_column, "column of the groups (default: the artist)")
      ->group(splits);
  app.add_option("--split-column", config.data.split_column, "column that says train, validation or test")
      ->group(splits);
  app.add_option("--test-fold", config.split.test_fold, "value of --split-column that tests; all others train")
      ->group(splits);
  app.add_option("--test-fraction", config.split.config.test_fraction, "of all rows")
      ->capture_default_str()
      ->group(splits);
  app.add_option("--validation-fraction", config.split.config.validation_fraction, "of the rows that do not test")
      ->capture_default_str()
      ->group(splits);
  app.add_flag("--compare-splits", config.compare_splits, "fit under a random split too and print both")->group(splits);
  const char* fit = "Training";
  app.add_option("--seed", config.split.config.seed, "of split, weights and shuffling")
      ->capture_default_str()
      ->group(fit);
  app.add_option("--epochs", config.fit.max_epochs, "at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(fit);
  app.add_option("--patience", config.fit.patience, "epochs without a better validation loss before stopping")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(fit);
  app.add_option("--batch-size", config.fit.batch_size, "rows per step")
      ->capture_default_str()
      ->check(CLI::Range(2, 65536))
      ->group(fit);
  app.add_option("--learning-rate", config.fit.learning_rate, "of Adam (default: cnn 0.0001, mlp 0.001)")
      ->check(CLI::PositiveNumber)
      ->group(fit);
  app.add_option("--checkpoint-every", config.fit.checkpoint_every_s, "seconds between checkpoints, 0: every epoch")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber)
      ->group(fit);
  app.add_option("--threads", config.n_threads, "of LibTorch (default: one per core)")->group(fit);
  app.footer(apps::help_footer(
      "  hitscope train songs.csv --spectrograms spectrograms --out run\n"
      "  hitscope train songs.csv --out run --heads mlp,logistic --compare-splits\n"
      "  hitscope train digits.csv --spectrograms specs --out run --target digit --split-column fold --test-fold 5\n"));
  return apps::run_verb(app, argc, argv, [&] {
    if (!split.empty()) config.split.kind = kinds.at(split);
    return apps::run_train(config);
  });
}
