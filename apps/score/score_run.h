// `hitscope score`: local audio files through a trained run's own front end and head.
//
// One result per file: a class with its probabilities, or the failure. Files longer than the clip length are cut into
// windows of it (the last one aligned with the end; a tail of under a tenth is left out), whose probabilities are
// averaged; shorter ones are zero-padded, as in render.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/clips/clip_reader.h"
#include "apps/shell/verb.h"
#include "models/neural/recipes/recipe.h"

namespace hitscope::apps::score {

enum class ScoreFormat { kTable, kCsv, kJsonLines };

struct ScoreRunConfig {
  std::filesystem::path run;
  std::vector<std::filesystem::path> inputs;  ///< files, folders, fetch stores
  std::filesystem::path output;               ///< empty: standard output
  ScoreFormat format = ScoreFormat::kTable;
  clips::ClipRules rules;
  models::Precision precision = models::Precision::kFloat32;
  int n_threads = 0;  ///< 0: one per core
};

/// Throws UsageError for a run folder or inputs that cannot be used.
shell::ExitCode run_score(const ScoreRunConfig& config);

}  // namespace hitscope::apps::score
