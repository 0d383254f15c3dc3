// The front end on a command line: a preset, and every parameter by its librosa and torchaudio names.
// Thread safety: one thread.
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

  /// The preset with the given options on top, once `command` has parsed. A given n_fft sets win_length, too, unless
  /// that is given; with torchaudio's preset a given window sets hop_length to half of it, as torchaudio does.
  dsp::FrontEndConfig resolve() const;
  const std::string& preset() const { return preset_; }

 private:
  shell::Option preset_option();

  const shell::Command& command_;
  std::string preset_ = "librosa";
  dsp::FrontEndConfig given_;  // what the command line says; only the options that were given count
};

}  // namespace hitscope::apps::render
