#include "apps/shell/settings_json.h"

#include <stdexcept>
#include <string>

namespace hitscope::apps::shell {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json value_json(const dsp::SettingValue& value) {
  return std::visit(
      [](const auto& held) -> ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

dsp::SettingValue value_from_json(const json& j) {
  if (j.is_null()) return {};
  if (j.is_boolean()) return j.get<bool>();
  if (j.is_number_integer()) return j.get<std::int64_t>();
  if (j.is_number()) return j.get<double>();
  if (j.is_array()) return j.get<std::vector<std::string>>();
  return j.get<std::string>();
}

}  // namespace

ordered_json settings_json(const std::vector<dsp::Setting>& settings, const std::vector<dsp::Setting>& initial) {
  ordered_json result = ordered_json::object();
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const dsp::Field& field = settings[i].field;
    const dsp::SettingValue value = settings[i].value();
    const bool is_absent = field.may_be_absent && i < initial.size() && value == initial[i].value();
    if (!field.is_identity || is_absent) continue;
    result[std::string(field.name)] = value_json(value);
  }
  return result;
}

void read_settings(const json& j, const std::vector<dsp::Setting>& settings) {
  for (const dsp::Setting& setting : settings) {
    if (!setting.field.is_identity) continue;
    const std::string name(setting.field.name);
    const auto found = j.find(name);
    if (found == j.end() && setting.field.may_be_absent) continue;
    if (found == j.end()) throw std::runtime_error(name + " is missing");
    try {
      setting.assign(value_from_json(*found));
    } catch (const std::bad_variant_access&) {
      throw std::runtime_error(name + " has a value of the wrong type");
    }
  }
}

}  // namespace hitscope::apps::shell
