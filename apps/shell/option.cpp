// Options made from described settings.
#include <algorithm>

#include "apps/shell/command.h"

namespace hitscope::apps::shell {

std::string flag_of(std::string_view field) {
  std::string flag = "--" + std::string(field);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

Option Command::option_of(const dsp::Setting& setting) {
  const dsp::Field& field = setting.field;
  Option option{.field = std::string(field.name),
                .flags = field.flag.empty() ? flag_of(field.name) : std::string(field.flag),
                .help = std::string(field.help),
                .value = setting.value_name,
                .choices = setting.choices,
                .is_required = field.is_required,
                .is_list = setting.is_list,
                .implied = std::string(field.implied),
                .is_output = field.is_output,
                .read = setting.read};
  if (setting.is_path) {
    option.paths = [value = setting.value] {
      const dsp::SettingValue paths = value();
      if (const auto* list = std::get_if<std::vector<std::string>>(&paths)) return *list;
      return std::vector<std::string>{dsp::text_of(paths)};
    };
  }
  // A switch with two names says which it is; one with a single name turns its setting round.
  if (option.flags.find(",--no-") != std::string::npos) {
    option.read = [assign = setting.assign](const auto& words) { assign(words.front() == "true"); };
  }
  // A switch that is on unless said otherwise is called --no-NAME, unless it has a name of its own.
  const bool* is_on = std::get_if<bool>(&setting.initial);
  if (is_on != nullptr && *is_on && field.flag.empty()) option.flags = "--no-" + flag_of(field.name).substr(2);
  if (is_on == nullptr && !setting.is_list) option.default_text = dsp::text_of(setting.initial);
  return option;
}

}  // namespace hitscope::apps::shell
