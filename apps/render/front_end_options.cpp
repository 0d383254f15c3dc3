#include "apps/render/front_end_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "apps/shell/verb.h"
#include "dsp/presets.h"

namespace hitscope::apps::render {
namespace {

using dsp::FrontEndConfig;
constexpr const char* kGroup = "Front end (librosa's and torchaudio's names; defaults are the preset's)";

}  // namespace

template <typename T>
void FrontEndOptions::number(CLI::App& app, const char* names, const char* words, T FrontEndConfig::*field) {
  const auto change = [this, field](const T& value) {
    changes_.emplace_back([field, value](FrontEndConfig& c) { c.*field = value; });
  };
  app.add_option_function<T>(names, change, words)->group(kGroup);
}

template <typename E>
void FrontEndOptions::choice(CLI::App& app, const char* names, const char* words, E FrontEndConfig::*field,
                             const std::vector<E>& choices) {
  std::vector<std::string> spelt;
  spelt.reserve(choices.size());
  for (const E value : choices) spelt.emplace_back(to_string(value));
  const auto change = [this, field, choices](const std::string& name) {
    for (const E value : choices) {
      if (to_string(value) == name) changes_.emplace_back([field, value](FrontEndConfig& c) { c.*field = value; });
    }
  };
  app.add_option_function<std::string>(names, change, words)->check(CLI::IsMember(spelt))->group(kGroup);
}

FrontEndOptions::FrontEndOptions(CLI::App& app) {
  std::vector<std::string> names;
  std::string descriptions;
  for (const dsp::Preset& preset : dsp::presets()) {
    names.emplace_back(preset.name);
    descriptions += fmt::format("\n{}: {}", preset.name, preset.description);
  }
  app.add_option("--preset", preset_, "whose numbers to reproduce" + descriptions)
      ->check(CLI::IsMember(names))
      ->capture_default_str()
      ->group(kGroup);
  const auto fast = [this](std::int64_t) {
    changes_.emplace_back([](FrontEndConfig& c) { c.quality = dsp::Quality::kFast; });
  };
  app.add_flag_function("--fast", fast, "fewer operations for slightly other numbers: see the README")->group(kGroup);
  choice(app, "--feature", "what to compute", &FrontEndConfig::feature,
         {dsp::Feature::kMel, dsp::Feature::kSpectrogram, dsp::Feature::kMfcc});
  choice(app, "--scale", "decibels, or |X|^power as it is", &FrontEndConfig::scale,
         {dsp::Scale::kDecibel, dsp::Scale::kPower});
  number(app, "--sample-rate,--sample_rate,--sr", "Hz", &FrontEndConfig::sample_rate);
  number(app, "--n-fft,--n_fft", "samples per transform", &FrontEndConfig::n_fft);
  number(app, "--win-length,--win_length", "samples under the window (default: n_fft)", &FrontEndConfig::win_length);
  number(app, "--hop-length,--hop_length", "samples between frames", &FrontEndConfig::hop_length);
  choice(app, "--window", "periodic window", &FrontEndConfig::window, {dsp::Window::kHann, dsp::Window::kHamming});
  choice(app, "--pad-mode,--pad_mode", "what centred frames see beyond the ends", &FrontEndConfig::pad_mode,
         {dsp::PadMode::kConstant, dsp::PadMode::kReflect});
  const auto center = [this](bool value) { changes_.emplace_back([value](FrontEndConfig& c) { c.center = value; }); };
  app.add_flag_function(
         "--center,!--no-center", [center](std::int64_t n) { center(n > 0); },
         "frame t is centred on sample t * hop_length, or starts there")
      ->group(kGroup);
  number(app, "--power", "1 magnitude, 2 power", &FrontEndConfig::power);
  number(app, "--n-mels,--n_mels", "mel bands", &FrontEndConfig::n_mels);
  number(app, "--f-min,--f_min,--fmin", "lowest frequency, Hz", &FrontEndConfig::f_min_hz);
  number(app, "--f-max,--f_max,--fmax", "highest frequency, Hz (0: half the sample rate)", &FrontEndConfig::f_max_hz);
  choice(app, "--mel-scale,--mel_scale", "librosa's htk=True is htk", &FrontEndConfig::mel_scale,
         {dsp::MelScale::kSlaney, dsp::MelScale::kHtk});
  choice(app, "--norm", "area of the mel filters", &FrontEndConfig::norm, {dsp::MelNorm::kSlaney, dsp::MelNorm::kNone});
  number(app, "--n-mfcc,--n_mfcc", "coefficients of --feature mfcc", &FrontEndConfig::n_mfcc);
  number(app, "--amin", "values below count as this before the logarithm", &FrontEndConfig::amin);
  number(app, "--top-db,--top_db", "decibels kept below the clip's maximum, 0: all", &FrontEndConfig::top_db);
  app.callback([this, &app] {
    n_fft_given_ = app.count("--n-fft") > 0;
    win_length_given_ = app.count("--win-length") > 0;
    hop_length_given_ = app.count("--hop-length") > 0;
  });
}

dsp::FrontEndConfig FrontEndOptions::resolve() const {
  FrontEndConfig config = dsp::find_preset(preset_)->config;
  for (const auto& change : changes_) change(config);
  if (n_fft_given_ && !win_length_given_) config.win_length = config.n_fft;
  const bool window_given = n_fft_given_ || win_length_given_;
  if (preset_ == "torchaudio" && window_given && !hop_length_given_) config.hop_length = config.win_length / 2;
  return config;
}

}  // namespace hitscope::apps::render
