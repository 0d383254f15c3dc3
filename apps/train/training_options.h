// The options of train on a command line, made from the described settings of the run and of the heads.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/shell/command.h"
#include "apps/train/train_run.h"

namespace hitscope::apps::train {

/// Adds --out, --heads and the other options of the whole run. `config` must outlive parsing.
void add_run_options(shell::Command& command, TrainRunConfig& config);
/// Adds the options of all heads, by heading. `heads` must outlive parsing.
void add_head_options(shell::Command& command, HeadRequest& heads);

}  // namespace hitscope::apps::train
