#include "apps/train/training_options.h"

#include <string>

#include "models/heads/heads.h"

namespace hitscope::apps::train {

void add_run_options(shell::Command& command, TrainRunConfig& config) {
  command.add("Run", config, {"out"});
  for (const dsp::Setting& setting : dsp::settings_of(config.heads)) {
    shell::Option option = shell::Command::option_of(setting);
    if (setting.field.name == "heads") {
      for (const models::HeadInfo* info : models::heads::all()) {
        option.choices.emplace_back(info->name, std::string(info->summary) + (info->is_usual ? "" : " *"));
      }
    }
    command.add("Run", std::move(option));
  }
  command.add("Run", config, {"wide", "threads"});
}

void add_head_options(shell::Command& command, HeadRequest& heads) {
  for (const models::OptionGroup& group : models::heads::option_groups(heads.fit.families)) {
    for (const dsp::Setting& setting : group.settings) command.add(group.heading, setting);
  }
  command.add("Probabilities (fitted on validation rows)", heads.calibration);
}

}  // namespace hitscope::apps::train
