// The options of train on a command line, made from what the heads and the run say of their settings.
// Thread safety: free functions without shared state.
#pragma once

#include "apps/shell/command.h"
#include "apps/train/train_run.h"

namespace hitscope::apps::train {

/// --out, --heads and what else concerns the whole run. `config` must outlive parsing.
void add_run_options(shell::Command& command, TrainRunConfig& config);
/// The options of all heads, by heading. `heads` must outlive parsing.
void add_head_options(shell::Command& command, HeadRequest& heads);

}  // namespace hitscope::apps::train
