// The front end's options on a command line: a preset, and every parameter under its librosa and torchaudio names.
// Thread safety: one thread per object.
#pragma once

#include <string>
#include <string_view>

#include "apps/shell/command.h"
#include "dsp/front_end.h"

namespace hitscope::apps::render {

class FrontEndOptions {
 public:
  /// Adds --preset, --fast and the parameters to `command` under the heading `group`. Both must outlive the parsing.
  FrontEndOptions(shell::Command& command, std::string_view group);
  FrontEndOptions(const FrontEndOptions&) = delete;
  FrontEndOptions& operator=(const FrontEndOptions&) = delete;

  /// The preset with the given options applied; call it after `command` has parsed. A given n_fft also sets win_length
  /// unless that is given; with torchaudio's preset a given window sets hop_length to half of it, as torchaudio does.
  dsp::FrontEndConfig resolve() const;
  const std::string& preset() const { return preset_; }

 private:
  shell::Option preset_option();

  const shell::Command& command_;
  std::string preset_ = "librosa";
  dsp::FrontEndConfig given_;  // values from the command line, of which only the given ones are used
};

}  // namespace hitscope::apps::render
