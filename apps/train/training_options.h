// The options of `hitscope train` that say how heads learn.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/train/train_run.h"

namespace CLI {
class App;
}

namespace hitscope::apps::train {

/// What happens to table columns, rare classes and probabilities.
void add_preprocessing_options(CLI::App& app, HeadRequest& heads);
/// Epochs, steps, devices and what networks on spectrograms are given.
void add_training_options(CLI::App& app, TrainRunConfig& config);

}  // namespace hitscope::apps::train
