// `hitscope render`: audio files become mel spectrograms in shards, with an index and pictures on request.
//
// The folder: shard-NNNNN.npy [rows, n_mels, n_frames], index.csv (one line per clip, failures included), render.json
// (every parameter and their hash), render.sqlite (state). Threads over files; a bad file is a failed row.
// Thread safety: one run per folder; a second process is refused.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "apps/pipeline/render_settings.h"
#include "apps/pipeline/verb.h"
#include "dsp/log_mel.h"
#include "ingest/decode.h"

namespace hitscope::apps {

struct RenderRunConfig {
  std::filesystem::path input;
  std::filesystem::path folder;
  RenderSettings settings;
  ingest::DecodeOptions decode;          ///< max_duration_s is set from the settings
  std::filesystem::path picture_folder;  ///< empty: no pictures
  int n_threads = 0;                     ///< 0: one per core
};

/// Prints its summary on standard output. Throws UsageError for an unusable input or a folder rendered with other
/// settings.
ExitCode run_render(const RenderRunConfig& config);

/// `samples` at settings' rate, cut or zero-padded to its length, as decibels. One LogMel per thread.
dsp::Spectrogram render_window(dsp::LogMel& log_mel, std::span<const float> samples, const RenderSettings& settings);

/// False where samples far outside [-1, 1] overflowed.
bool is_finite(const dsp::Spectrogram& spectrogram);

}  // namespace hitscope::apps
