// hitscope train TABLE --spectrograms DIR --out RUN
#include <CLI/CLI.hpp>

#include "apps/examples/train_data_options.h"
#include "apps/train/rank_place.h"
#include "apps/train/train_run.h"
#include "apps/train/training_options.h"

using namespace hitscope;
using namespace hitscope::apps;
using namespace hitscope::apps::train;

int main(int argc, char** argv) {
  TrainRunConfig config;
  CLI::App app("Trains heads on spectrograms and table columns and judges them on rows they never saw.",
               "hitscope train");
  examples::add_data_options(app, config.data)->required();
  app.add_option("--out", config.folder, "run folder: weights, metrics, predictions, report")->required();
  app.add_option("--heads", config.heads.heads,
                 "cnn, four_block_cnn, short_chunk_resnet, musicnn, crnn (spectrograms); fusion (both); mlp, "
                 "random_forest, boosted_trees, logistic, ridge (table); default: all that the data and the labels "
                 "allow but four_block_cnn, musicnn and crnn")
      ->delimiter(',');
  examples::add_split_options(app, config.data, config.split);
  app.add_option("--cv", config.n_folds, "cross-validate every head over so many folds of the split")
      ->check(CLI::Range(2, 100))
      ->group("Split");
  app.add_flag("--compare-splits", config.compare_splits,
               "fit under the other splits too (random, group, temporal) and print them side by side")
      ->group("Split");
  add_preprocessing_options(app, config.heads);
  add_training_options(app, config);
  app.footer(shell::help_footer(
      "  hitscope train songs.csv --spectrograms spectrograms --out run\n"
      "  hitscope train songs.csv --out run --heads random_forest,logistic --compare-splits --cv 5\n"
      "  hitscope train digits.csv --spectrograms specs --out run --target digit --split-column fold --test-fold 5\n"
      "  hitscope train top.csv --out run --target 'Track Score' --labels median --no-features 'All Time Rank'\n"
      "  torchrun --no_python --nproc_per_node 2 hitscope train songs.csv --spectrograms spectrograms --out run\n"
      "\nSeveral processes or machines (torchrun, Slurm, Open MPI) train networks on spectrograms together where RANK, "
      "WORLD_SIZE,\nMASTER_ADDR and MASTER_PORT say so: each sees all data and learns its part of batches of "
      "--batch-size times their\nnumber; only the first writes.\n"));
  config.command = {"hitscope", "train"};
  config.command.insert(config.command.end(), argv + 1, argv + argc);
  return shell::run_verb(app, argc, argv, [&] {
    config.place = rank_place();
    return run_train(config);
  });
}
