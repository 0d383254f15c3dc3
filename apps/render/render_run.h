// `hitscope render`: turns audio files into spectrograms in shards, with an index, and into pictures on request.
//
// The folder holds shard-NNNNN.npy [rows, n_bins, n_frames], index.csv (one line per clip, failures included),
// failures.csv (the failures alone), render.json (every parameter and their hash) and render.sqlite (state). Files are
// rendered in parallel; a bad file becomes a failed row.
// Thread safety: one run per folder; a second process is refused.
#pragma once

#include <filesystem>
#include <string>

#include "apps/clips/clip_reader.h"
#include "apps/render/pictures.h"
#include "apps/shell/verb.h"
#include "apps/spectrograms/render_settings.h"
#include "dsp/fields.h"

namespace hitscope::apps::render {

struct RenderRunConfig {
  std::filesystem::path input;   ///< audio files, as clips::list_clips takes them
  std::filesystem::path folder;  ///< folder to write to
  spectrograms::RenderSettings settings;
  clips::ClipRules rules;  ///< max_duration_s is set from the settings
  PictureSettings pictures;
  std::string shard;  ///< share of this process, as shell::work_share takes it; it has its own folder in `folder`
  bool incremental = false;  ///< keep earlier clips that are not in the input
  bool show = false;         ///< draw one picture of one file and store nothing else
  int n_threads = 0;         ///< 0: one per core

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = RenderRunConfig;
    visit(&C::input, {.name = "input",
                      .help = "folder of audio files, store made by fetch, CSV with a path column, or one file",
                      .value = "CLIPS",
                      .flag = "clips",
                      .is_required = true});
    visit(&C::folder, {.name = "out",
                       .help = "folder for shard-*.npy, index.csv, failures.csv and render.json",
                       .value = "FOLDER",
                       .is_output = true});
    visit(&C::show, {.name = "show", .help = "draw a picture of one file, print its path, and store nothing else"});
    visit(&C::incremental, {.name = "incremental", .help = "keep clips in the index that are no longer in the input"});
    visit(&C::n_threads, {.name = "threads",
                          .help = "number of files rendered at once (default: one per core)",
                          .rule = dsp::between(0, 1024)});
    visit(&C::shard, {.name = "shard",
                      .help = "render only share I of N (counted from 0), into FOLDER/share-I-of-N (default: the "
                              "share that Slurm, Open MPI, Kubernetes or torchrun gives to this process)",
                      .value = "I/N"});
  }
};

/// Prints its summary on standard output. Throws UsageError for an unusable input or a folder rendered with other
/// settings.
shell::ExitCode run_render(const RenderRunConfig& config);

/// `config` with its limits checked, and with as much of each clip to decode as is needed. Throws std::invalid_argument
/// naming field, value and rule.
RenderRunConfig resolved(const RenderRunConfig& config);

}  // namespace hitscope::apps::render
