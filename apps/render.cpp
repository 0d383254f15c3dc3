// hitscope render CLIPS --out SPECTROGRAMS
#include <CLI/CLI.hpp>
#include <vector>

#include "apps/pipeline/render_run.h"

namespace {

using namespace hitscope;

constexpr const char* kFrontEndGroup = "Front end (names and defaults of librosa)";

/// A choice by its librosa name, the first one the default.
template <typename E>
void add_choice(CLI::App& app, const std::string& flag, E& value, const std::vector<E>& choices) {
  std::vector<std::string> names;
  names.reserve(choices.size());
  for (const E choice : choices) names.emplace_back(to_string(choice));
  const auto pick = [&value, choices](const std::string& name) {
    for (const E choice : choices) {
      if (to_string(choice) == name) value = choice;
    }
  };
  app.add_option_function<std::string>(flag, pick, "(default: " + names.front() + ")")
      ->check(CLI::IsMember(names))
      ->group(kFrontEndGroup);
}

}  // namespace

int main(int argc, char** argv) {
  apps::RenderRunConfig config;
  dsp::FrontEndConfig& c = config.settings.front_end;
  c.win_length = 0;
  CLI::App app(
      "Renders audio files (WAV, FLAC, OGG, MP3, AIFF) to mel spectrograms in decibels, with librosa's defaults.",
      "hitscope render");
  app.add_option("clips", config.input,
                 "folder of audio files, store made by fetch, CSV with a path column, or one file")
      ->required();
  app.add_option("--out", config.folder, "folder for shard-*.npy, index.csv and render.json")->required();
  app.add_option("--png", config.picture_folder, "also draw a picture of every spectrogram into this folder");
  app.add_option("--duration", config.settings.duration_s, "seconds per clip: longer ones are cut, shorter ones padded")
      ->capture_default_str();
  app.add_option("--min-duration", config.decode.min_duration_s, "shorter clips are failed rows, s")
      ->capture_default_str();
  app.add_option("--max-channels", config.decode.max_channels, "more channels are a failed row")->capture_default_str();
  app.add_option("--threads", config.n_threads, "files at once (default: one per core)");
  std::string dtype = "float16";
  app.add_option("--dtype", dtype, "of the stored values")
      ->check(CLI::IsMember({"float16", "float32"}))
      ->capture_default_str();
  app.add_option("--sample-rate", c.sample_rate, "Hz")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--n-fft", c.n_fft, "samples per transform")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--win-length", c.win_length, "samples under the window (default: n_fft)")->group(kFrontEndGroup);
  app.add_option("--hop-length", c.hop_length, "samples between frames")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--n-mels", c.n_mels, "mel bands")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--f-min", c.f_min_hz, "lowest frequency, Hz")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--f-max", c.f_max_hz, "highest frequency, Hz (default: half the sample rate)")->group(kFrontEndGroup);
  app.add_option("--power", c.power, "1 magnitude, 2 power")->capture_default_str()->group(kFrontEndGroup);
  app.add_option("--top-db", c.top_db, "decibels kept below the maximum, 0: all")
      ->capture_default_str()
      ->group(kFrontEndGroup);
  add_choice(app, "--window", c.window, std::vector{dsp::Window::kHann, dsp::Window::kHamming});
  add_choice(app, "--pad-mode", c.pad_mode, std::vector{dsp::PadMode::kConstant, dsp::PadMode::kReflect});
  add_choice(app, "--mel-scale", c.mel_scale, std::vector{dsp::MelScale::kSlaney, dsp::MelScale::kHtk});
  add_choice(app, "--norm", c.norm, std::vector{dsp::MelNorm::kSlaney, dsp::MelNorm::kNone});
  app.add_flag("!--no-center", c.center, "do not pad: the first frame starts at sample 0")->group(kFrontEndGroup);
  app.footer(
      apps::help_footer("  hitscope render clips --out spectrograms --png pictures\n"
                        "  hitscope render wav_folder --out spectrograms --duration 10 --sample-rate 16000\n"
                        "  python3 -c \"import numpy; print(numpy.load('spectrograms/shard-00000.npy').shape)\"\n"));
  return apps::run_verb(app, argc, argv, [&] {
    if (c.win_length == 0) c.win_length = c.n_fft;
    config.settings.sample_type = dtype == "float16" ? apps::SampleType::kFloat16 : apps::SampleType::kFloat32;
    return apps::run_render(config);
  });
}
