#include "apps/train/limits.h"

#include <algorithm>

#include "apps/shell/settings_json.h"
#include "dsp/json.h"
#include "ingest/files.h"
#include "ingest/folder.h"
#include "models/heads/heads.h"

namespace hitscope::apps::train {

using nlohmann::ordered_json;

ordered_json limits_of(const models::FitOptions& options) {
  models::FamilyOptions families = options.families;
  ordered_json limits = ordered_json::object();
  for (models::OptionGroup& group : models::heads::option_groups(families)) {
    std::erase_if(group.settings, [](const dsp::Setting& setting) { return !setting.field.is_limit; });
    limits.update(shell::settings_json(group.settings));
  }
  return limits;
}

ordered_json limits_in(const std::filesystem::path& folder, const ordered_json& like) {
  ordered_json limits = ordered_json::object();
  if (!ingest::has_entry(folder, "run.json")) return limits;
  const auto settings = dsp::parse_json<ordered_json>(ingest::read_beneath(folder, "run.json", ingest::kMostJsonBytes));
  for (const auto& [name, value] : like.items()) {
    if (settings.contains(name)) limits[name] = settings[name];
  }
  return limits;
}

std::string without_limits(const std::string& settings_json, const ordered_json& limits) {
  auto settings = ordered_json::parse(settings_json);
  for (const auto& [name, value] : limits.items()) settings.erase(name);
  return settings.dump();
}

}  // namespace hitscope::apps::train
