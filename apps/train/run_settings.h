// The text of run.json: everything that decides what a run folder will hold.
// Thread safety: a free function without shared state.
#pragma once

#include <string>

#include "apps/train/train_run.h"

namespace hitscope::apps::train {

/// The settings, with hashes of the inputs; `split` names the split or fold.
std::string run_settings(const TrainRunConfig& config, const examples::TrainData& data, const std::string& split);

}  // namespace hitscope::apps::train
