// Writes described settings (dsp/fields.h) as JSON objects, for run.json and render.json, and reads them.
// Thread safety: free functions without shared state.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "dsp/settings.h"

namespace hitscope::apps::shell {

/// The settings that results depend on, by name, in their order; null for a setting without a value. Those that
/// may_be_absent are left out where they have the value that they have in `initial`, settings of the same struct.
nlohmann::ordered_json settings_json(const std::vector<dsp::Setting>& settings,
                                     const std::vector<dsp::Setting>& initial = {});
/// Sets the settings to what settings_json wrote; those that were left out keep their values. Throws std::runtime_error
/// for any other that is missing, or of another type, dsp::FieldError for one that breaks its rule.
void read_settings(const nlohmann::json& json, const std::vector<dsp::Setting>& settings);

template <typename Config>
nlohmann::ordered_json settings_json(const Config& config) {
  Config copy = config;
  Config initial{};
  return settings_json(dsp::settings_of(copy), dsp::settings_of(initial));
}
template <typename Config>
void read_settings(const nlohmann::json& json, Config& config) {
  read_settings(json, dsp::settings_of(config));
}

}  // namespace hitscope::apps::shell
