// hitscope render CLIPS --out SPECTROGRAMS
#include "apps/render/front_end_options.h"
#include "apps/render/render_run.h"
#include "apps/render/show_run.h"
#include "apps/shell/command.h"
#include "dsp/library_versions.h"
#include "ingest/audio_type.h"
#include "ingest/library_versions.h"

namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  hitscope render clips --out spectrograms --png pictures\n"
    "  hitscope render song.mp3 --show\n"
    "  hitscope render clips --out spectrograms --preset panns --duration 10\n"
    "  hitscope render clips --out spectrograms --feature mfcc --n-mfcc 40\n"
    "  hitscope render song.mp3 --out mel --scale power --dtype float32 --duration 29.5\n"
    "                # librosa.feature.melspectrogram's own array [1, n_mels, n_frames] of a file of 29.5 s\n"
    "  python3 -c \"import numpy; print(numpy.load('spectrograms/shard-00000.npy').shape)\"\n"
    "\n"
    "Exit codes:\n"
    "  0  every clip was rendered\n"
    "  1  some clips failed: see failures.csv\n"
    "  2  wrong usage or unusable input\n"
    "  3  stopped before the end: the same command continues\n";

}  // namespace

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  render::RenderRunConfig config;
  shell::Command command("hitscope render", "CLIPS --out FOLDER [options]",
                         "Renders audio files (" + ingest::audio_format_names() +
                             ") to mel spectrograms in decibels, "
                             "linear spectrograms or MFCC, as librosa, torchaudio or a published model does.");
  command.add("Options", config);
  command.add("Options", config.settings);
  command.add("Pictures", config.pictures);
  command.add("Pictures", render::image_range_option(config.pictures.range));
  const render::FrontEndOptions front_end(command, "Front end (defaults of --preset; shown for librosa)");
  constexpr const char* kQuarantine = "Quarantine (rejected clips become failed rows)";
  command.add(kQuarantine, config.rules.quarantine);
  command.add(kQuarantine, config.rules.decode, {"max_channels"});
  command.set_footer(kFooter);
  command.set_libraries({hitscope::dsp::library_versions, hitscope::ingest::library_versions});
  return command.run(argc, argv, [&] {
    config.settings.preset = front_end.preset();
    config.settings.front_end = front_end.resolve();
    if (!command.was_given("dtype")) {
      const bool is_decibel = config.settings.front_end.result_scale() == dsp::Scale::kDecibel;
      const bool is_half = is_decibel && !config.show;
      config.settings.sample_type = is_half ? spectrograms::SampleType::kFloat16 : spectrograms::SampleType::kFloat32;
    }
    shell::Access more{.reads_anything = true};  // until the clips are listed
    if (config.show && config.pictures.people.empty()) more.writes.emplace_back(".");
    command.confine(std::move(more));
    return config.show ? render::run_show(config) : render::run_render(config);
  });
}
