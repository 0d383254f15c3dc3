// `hitscope render`: audio files become spectrograms in shards, with an index and pictures on request.
//
// The folder: shard-NNNNN.npy [rows, n_bins, n_frames], index.csv (one line per clip, failures included), failures.csv
// (those alone), render.json (every parameter and their hash), render.sqlite (state). Threads over files; a bad file is
// a failed row.
// Thread safety: one run per folder; a second process is refused.
#pragma once

#include <filesystem>
#include <string>

#include "apps/clips/clip_reader.h"
#include "apps/render/pictures.h"
#include "apps/shell/verb.h"
#include "apps/shell/work_share.h"
#include "apps/spectrograms/render_settings.h"
#include "dsp/feature_extractor.h"

namespace hitscope::apps::render {

inline constexpr const char* kFailuresFile = "failures.csv";

struct RenderRunConfig {
  std::filesystem::path input;
  std::filesystem::path folder;
  spectrograms::RenderSettings settings;
  clips::ClipRules rules;  ///< max_duration_s is set from the settings
  PictureSettings pictures;
  shell::WorkShare share;    ///< of the input's rows; has a folder of its own inside `folder`
  bool incremental = false;  ///< clips rendered before and no longer in the input stay in the index
  int n_threads = 0;         ///< 0: one per core
};

/// Prints its summary on standard output. Throws UsageError for an unusable input or a folder rendered with other
/// settings.
shell::ExitCode run_render(const RenderRunConfig& config);

/// The config with its limits checked, and so much of each clip to be decoded as is needed. Throws
/// std::invalid_argument naming field, value and rule.
RenderRunConfig resolved(const RenderRunConfig& config);

}  // namespace hitscope::apps::render
