// hitscope render CLIPS --out SPECTROGRAMS
#include <CLI/CLI.hpp>
#include <array>

#include "apps/clips/clip_rule_options.h"
#include "apps/render/front_end_options.h"
#include "apps/render/render_run.h"
#include "apps/render/show_run.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  using namespace hitscope::apps::render;
  RenderRunConfig config;
  CLI::App app(
      "Renders audio files (WAV, FLAC, OGG, Opus, MP3, M4A, AAC, AIFF) to mel spectrograms in decibels, linear\n"
      "spectrograms or MFCC, with librosa's, torchaudio's or a published model's parameters.",
      "hitscope render");
  app.add_option("clips", config.input,
                 "folder of audio files, store made by fetch, CSV with a path column, or one file")
      ->required();
  auto* out = app.add_option("--out", config.folder, "folder for shard-*.npy, index.csv, failures.csv and render.json");
  app.add_option("--png", config.pictures.people, "also draw every spectrogram with axes and colours into this folder");
  auto* image = app.add_option("--image", config.pictures.images,
                               "also write 8-bit grey images of the data alone into this folder");
  std::array<double, 2> range{config.pictures.range.low, config.pictures.range.high};
  app.add_option("--image-range", range, "black and white of these images, dB")->capture_default_str();
  bool show = false;
  app.add_flag("--show", show, "draw one picture of one file, say where, and store nothing else")
      ->excludes(out)
      ->excludes(image);
  app.add_option("--duration", config.settings.duration_s, "seconds per clip: longer ones are cut, shorter ones padded")
      ->capture_default_str();
  std::string dtype;
  app.add_option("--dtype", dtype, "of the stored values (default: float16 for decibels, else float32)")
      ->check(CLI::IsMember({"float16", "float32"}));
  app.add_option("--threads", config.n_threads, "files at once (default: one per core)")->check(CLI::Range(1, 1024));
  app.add_flag("--incremental", config.incremental, "add to the folder: clips no longer in the input stay");
  std::string share;
  app.add_option("--shard", share,
                 "i/N: only the i-th of N shares (0-based), into OUT/share-i-of-N; else from Slurm arrays, Open MPI, "
                 "Kubernetes indexed jobs (with JOB_COMPLETIONS) or torchrun");
  clips::add_clip_rules(app, config.rules);
  const FrontEndOptions front_end(app);
  app.footer(
      shell::help_footer("  hitscope render clips --out spectrograms --png pictures\n"
                         "  hitscope render song.mp3 --show\n"
                         "  hitscope render clips --out spectrograms --preset panns --duration 10\n"
                         "  hitscope render clips --out spectrograms --feature mfcc --n-mfcc 40\n"
                         "  python3 -c \"import numpy; print(numpy.load('spectrograms/shard-00000.npy').shape)\"\n"));
  return shell::run_verb(app, argc, argv, [&] {
    if (config.folder.empty() && !show) throw shell::UsageError("--out FOLDER is required (or --show for one picture)");
    config.settings.preset = front_end.preset();
    config.settings.front_end = front_end.resolve();
    const bool decibels = config.settings.front_end.result_scale() == dsp::Scale::kDecibel;
    const bool half = dtype.empty() ? decibels && !show : dtype == "float16";
    config.settings.sample_type = half ? spectrograms::SampleType::kFloat16 : spectrograms::SampleType::kFloat32;
    config.pictures.range = {range[0], range[1]};
    if (show && (config.incremental || !share.empty())) {
      throw shell::UsageError("--show draws one picture: --incremental and --shard have no meaning with it");
    }
    if (show) return run_show(config);
    config.share = shell::work_share(share);
    return run_render(config);
  });
}
