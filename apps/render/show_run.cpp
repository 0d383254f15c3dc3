#include "apps/render/show_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <span>

#include "apps/clips/clip_list.h"
#include "apps/shell/command.h"
#include "apps/shell/progress.h"
#include "apps/shell/words.h"
#include "dsp/feature_extractor.h"
#include "ingest/files.h"

namespace hitscope::apps::render {

shell::ExitCode run_show(const RenderRunConfig& config) {
  if (!config.folder.empty() || !config.pictures.images.empty() || config.incremental || !config.shard.empty()) {
    throw shell::UsageError(
        "`show` draws one picture and stores nothing else: `out`, `image`, `incremental` and `shard` cannot be given "
        "with it");
  }
  const RenderRunConfig ours = resolved(config);
  const std::vector<clips::ClipSource> sources = clips::list_clips(config.input);
  if (sources.size() != 1) {
    throw shell::UsageError(config.input.string() + ": holds " + shell::count_of(sources.size(), "clip") +
                            "; `show` draws one file (`png` FOLDER draws them all)");
  }
  const clips::ClipSource& source = sources[0];
  if (source.failure) throw shell::UsageError(source.failure->detail);
  if (!config.pictures.people.empty()) std::filesystem::create_directories(config.pictures.people);
  shell::narrow_sandbox(clips::places_of(sources));
  auto loaded = clips::ClipReader(ours.settings.front_end, ours.rules).read(source.path, source.path.string());
  if (!loaded) throw shell::UsageError(loaded.error().detail);
  spectrograms::RenderSettings settings = ours.settings;
  const double one_frame = static_cast<double>(settings.front_end.n_fft + 1) / settings.front_end.sample_rate;
  settings.duration_s = std::min(settings.duration_s, std::max(loaded->duration_s, one_frame));
  settings.validate();
  dsp::FeatureExtractor extractor(settings.front_end);
  const dsp::Spectrogram spectrogram =
      extractor.compute_length(loaded->waveform.samples, static_cast<std::size_t>(settings.n_samples()));
  if (!spectrogram.is_finite())
    throw shell::UsageError(config.input.string() +
                            ": its spectrogram is not finite; its samples should lie within [-1, 1]");
  const auto png = dsp::picture_png(spectrogram, settings.front_end, source.path.filename().string());
  const std::filesystem::path folder = config.pictures.people;
  // In a folder of his own the user asked for it; here a cover may be called so.
  const char* ending = folder.empty() ? ".spectrogram.png" : ".png";
  const std::filesystem::path path = folder / (source.path.stem().string() + ending);
  ingest::write_file(path, std::as_bytes(std::span(png)));
  std::cout << fmt::format("{}: {} x {} ({}), {:.2f} s of {} Hz\n", std::filesystem::absolute(path).string(),
                           spectrogram.n_bins, spectrogram.n_frames, config.settings.preset, settings.duration_s,
                           settings.front_end.sample_rate);
  return shell::ExitCode::kAllFine;
}

}  // namespace hitscope::apps::render
