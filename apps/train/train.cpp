// hitscope train TABLE --spectrograms DIR --out RUN
#include "apps/examples/label_request.h"
#include "apps/examples/train_data_options.h"
#include "apps/shell/command.h"
#include "apps/train/rank_place.h"
#include "apps/train/train_run.h"
#include "apps/train/training_options.h"
#include "dsp/library_versions.h"
#include "ingest/library_versions.h"
#include "models/heads/runtime.h"
#include "models/neural/recipes/network_options.h"

namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hitscope train songs.csv --spectrograms spectrograms --out run\n"
    "  hitscope train songs.csv --out run --heads random_forest,logistic --compare-splits --cv 5\n"
    "  hitscope train digits.csv --spectrograms specs --out run --target digit --split-column fold --test-fold 5\n"
    "  hitscope train --spectrograms specs --target folder --out run      # sounds in a folder per class\n"
    "  hitscope train top.csv --out run --target 'Track Score' --labels median --no-features 'All Time Rank'\n"
    "  torchrun --no_python --nproc_per_node 2 hitscope train songs.csv --spectrograms spectrograms --out run\n"
    "\n"
    "Several processes, also on several machines, can train networks with spectrogram input together: start them with "
    "torchrun, or under Slurm or Open MPI with MASTER_ADDR and MASTER_PORT set. Each process reads all data and trains "
    "on its part of every batch; a batch has --batch-size rows per process. Only the first process writes.\n"
    "\n";

}  // namespace

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  train::TrainRunConfig config;
  shell::Command command(
      "hitscope train", "[TABLE...] --out RUN [--spectrograms DIR] [options]",
      "Trains heads (networks on spectrograms, and models on table columns) on the same labels and the "
      "same split, and scores them on the test rows next to baselines that always give the same "
      "answer.");
  train::add_run_options(command, config);
  examples::add_data_options(command, config.data);
  examples::add_split_options(command, config.data, config.split);
  command.add("Split", config, {"cv", "compare_splits"});
  train::add_head_options(command, config.heads);
  command.set_footer(kFooter + shell::exit_codes());
  config.command = {"hitscope", "train"};
  config.command.insert(config.command.end(), argv + 1, argv + argc);
  command.set_libraries(
      {hitscope::models::heads::library_versions, hitscope::dsp::library_versions, hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] {
    config.place = train::rank_place();
    // A GPU's driver may have to start a program of its own at first.
    hitscope::models::heads::check_device(
        config.heads.fit.of<hitscope::models::neural::recipes::NetworkOptions>().device);
    command.confine({.reads = examples::files_of_labels(config.data), .network = config.place.has_value()});
    return train::run_train(config);
  });
}
