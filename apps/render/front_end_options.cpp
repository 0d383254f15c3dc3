#include "apps/render/front_end_options.h"

#include "dsp/presets.h"

namespace hitscope::apps::render {

FrontEndOptions::FrontEndOptions(shell::Command& command, std::string_view group) : command_(command) {
  command.add(group, preset_option());
  dsp::FrontEndConfig::describe([&](auto dsp::FrontEndConfig::*member, const dsp::Field& field) {
    if (field.flag == "-") return;
    shell::Option option = shell::Command::option_of(dsp::setting_of(given_.*member, field));
    if (field.name == "scale") {  // a cepstrum is asked for by --feature mfcc
      std::erase_if(option.choices,
                    [](const auto& choice) { return choice.first == to_string(dsp::Scale::kCepstrum); });
    }
    command.add(group, std::move(option));
  });
  command.add(group, shell::Option{.field = "quality",
                                   .flags = "--fast",
                                   .help = "compute with fewer operations, for slightly different values: up to 0.1 "
                                           "dB, more in the first and last three frames and above 10 kHz",
                                   .value = "",
                                   .read = [this](const auto&) { given_.quality = dsp::Quality::kFast; }});
}

shell::Option FrontEndOptions::preset_option() {
  shell::Option option{.field = "preset",
                       .flags = "--preset",
                       .help = "set of parameters to start from",
                       .value = "NAME",
                       .default_text = preset_};
  std::string names;
  for (const dsp::Preset& preset : dsp::presets()) {
    option.choices.emplace_back(preset.name, preset.description);
    (names += names.empty() ? "" : ", ") += preset.name;
  }
  option.read = [this, names](const auto& words) {
    if (dsp::find_preset(words.back()) == nullptr) {
      throw dsp::FieldError("preset", "'" + words.back() + "'", "one of " + names);
    }
    preset_ = words.back();
  };
  return option;
}

dsp::FrontEndConfig FrontEndOptions::resolve() const {
  dsp::FrontEndConfig config = dsp::find_preset(preset_)->config;
  dsp::FrontEndConfig::describe([&](auto dsp::FrontEndConfig::*member, const dsp::Field& field) {
    if (command_.was_given(field.name)) config.*member = given_.*member;
  });
  const bool win_length_given = command_.was_given("win_length");
  const bool window_given = win_length_given || command_.was_given("n_fft");
  if (window_given && !win_length_given) config.win_length = config.n_fft;
  if (preset_ == "torchaudio" && window_given && !command_.was_given("hop_length")) {
    config.hop_length = config.win_length / 2;
  }
  return config;
}

}  // namespace hitscope::apps::render
