// Limits of a training: how long heads may go on. A run continues with other limits where that gives what the same
// limits give from the start.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "models/head.h"

namespace hitscope::apps::train {

/// The limits among the options, by name: {"epochs": 60, "patience": 10}.
nlohmann::ordered_json limits_of(const models::FitOptions& options);

/// The same of the run in a folder, as its run.json has them; empty where there is none.
nlohmann::ordered_json limits_in(const std::filesystem::path& folder, const nlohmann::ordered_json& like);

/// The settings, as run.json holds them, without the limits: what identifies the run.
std::string without_limits(const std::string& settings_json, const nlohmann::ordered_json& limits);

}  // namespace hitscope::apps::train
