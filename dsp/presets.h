// Front ends that have a name in the field. A model trained on one gives wrong answers on another.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>

#include "dsp/front_end.h"

namespace hitscope::dsp {

struct Preset {
  std::string_view name;
  std::string_view description;  ///< one line: whose defaults, and what differs from them
  FrontEndConfig config;
};

/// librosa (the default), librosa-0.9, torchaudio, panns, whisper.
std::span<const Preset> presets();
/// nullptr for an unknown name.
const Preset* find_preset(std::string_view name);

}  // namespace hitscope::dsp
