// The text of run.json: everything that decides what a run folder will hold.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "apps/train/train_run.h"

namespace hitscope::apps::train {

/// The settings, with hashes of the inputs; `split` names the split or fold.
std::string run_settings(const TrainRunConfig& config, const examples::TrainData& data, const std::string& split);

/// Takes the folder for a run with these settings, the text of run.json, or throws UsageError saying what the run in it
/// differs in; limits may, and true is given back where they do.
bool claim_folder(const std::filesystem::path& folder, const std::string& settings,
                  const nlohmann::ordered_json& limits);

}  // namespace hitscope::apps::train
