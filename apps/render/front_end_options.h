// The front end on a command line: a preset, and every parameter by its librosa and torchaudio names.
// Thread safety: one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dsp/front_end.h"

namespace CLI {
class App;
}

namespace hitscope::apps::render {

class FrontEndOptions {
 public:
  /// Adds --preset, --fast and the parameters to `app`, which must not parse once this object is gone.
  explicit FrontEndOptions(CLI::App& app);

  /// The preset with what was given on top of it, once `app` has parsed. A new n_fft brings its own win_length unless
  /// that is given, too; with torchaudio's preset a new window brings its own hop_length of half of it, as there.
  dsp::FrontEndConfig resolve() const;
  const std::string& preset() const { return preset_; }

 private:
  template <typename T>
  void number(CLI::App& app, const char* names, const char* words, T dsp::FrontEndConfig::*field);
  template <typename E>
  void choice(CLI::App& app, const char* names, const char* words, E dsp::FrontEndConfig::*field,
              const std::vector<E>& choices);

  std::string preset_ = "librosa";
  bool n_fft_given_ = false;
  bool win_length_given_ = false;
  bool hop_length_given_ = false;
  std::vector<std::function<void(dsp::FrontEndConfig&)>> changes_;
};

}  // namespace hitscope::apps::render
