// Front ends in common use, by name. A model trained with one gives wrong results with another.
//
// Thread safety: constants.
#pragma once

#include <span>
#include <string_view>

#include "dsp/front_end.h"

namespace hitscope::dsp {

struct Preset {
  std::string_view name;
  std::string_view description;  ///< one line: whose defaults they are, and what differs
  FrontEndConfig config;
};

/// All presets: librosa (the default), librosa-0.8, torchaudio, panns and whisper.
std::span<const Preset> presets();
/// The preset called `name`; nullptr for an unknown name.
const Preset* find_preset(std::string_view name);

}  // namespace hitscope::dsp
