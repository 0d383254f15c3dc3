// `hitscope score`: local audio files through a trained run's own front end and heads.
//
// One result per file and head: a class with its probabilities, or the failure. Files longer than the clip length are
// cut into windows of it (the last one aligned with the end; a tail of under a tenth is left out), whose probabilities
// are averaged; shorter ones are zero-padded, as in render, and
// networks hear them repeated. Thread safety: free functions without shared state.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "apps/clips/clip_reader.h"
#include "apps/shell/verb.h"
#include "dsp/fields.h"
#include "models/head.h"

namespace hitscope::apps::score {

enum class ScoreFormat { kTable, kCsv, kJsonLines };
constexpr auto names_of(ScoreFormat) {
  return std::to_array<dsp::Name<ScoreFormat>>(
      {{ScoreFormat::kTable, "table", "aligned columns"},
       {ScoreFormat::kCsv, "csv"},
       {ScoreFormat::kJsonLines, "jsonl", "one JSON object per file and head"}});
}

/// Names every head that can answer.
inline constexpr const char* kAllHeads = "all";

struct ScoreRunConfig {
  std::filesystem::path run;                  ///< folder made by train
  std::vector<std::filesystem::path> inputs;  ///< files, folders, fetch stores
  std::string head;                           ///< name of a head, kAllHeads; empty: the best one that can answer
  bool for_spreadsheets = false;              ///< kCsv: no cell begins like a formula
  std::filesystem::path output;               ///< empty: standard output
  ScoreFormat format = ScoreFormat::kTable;
  clips::ClipRules rules{.decode = {.max_duration_s = 86400.0}, .quarantine = {}};
  bool windows = false;           ///< a result for each window of a file
  std::filesystem::path explain;  ///< folder for pictures of what spoke for the answers; empty: none
  bool wide = false;              ///< kTable: all columns and whole names, however long the lines become
  models::Precision precision = models::Precision::kFloat32;
  int n_threads = 0;  ///< of LibTorch; 0: one per core

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = ScoreRunConfig;
    visit(&C::run,
          {.name = "run", .help = "run folder made by train", .value = "RUN", .flag = "run", .is_required = true});
    visit(&C::inputs, {.name = "files",
                       .help = "audio files, folders of them, or a CSV with a path column",
                       .value = "FILES",
                       .flag = "files",
                       .is_repeated = true,
                       .is_required = true});
    visit(&C::head, {.name = "head",
                     .help = "head to ask, a network with spectrogram input, or 'all' of them (default: the best of "
                             "the run)",
                     .value = "NAME"});
    visit(&C::format, {.name = "format", .help = "format of the result"});
    visit(&C::windows, {.name = "windows",
                        .help = "a row for each window of a file, with its start and end, not one for the whole file"});
    visit(&C::wide,
          {.name = "wide", .help = "print all columns of the table and whole file names, even if lines become long"});
    visit(&C::explain,
          {.name = "explain",
           .help = "draw for each file the spectrogram of the window that speaks clearest for its answer, and where in "
                   "it the network found that (Grad-CAM), into this folder (without a name: explained)",
           .value = "FOLDER",
           .implied = "explained",
           .is_output = true});
    visit(&C::for_spreadsheets,
          {.name = "csv_for_spreadsheets",
           .help = "with --format csv: put an apostrophe before cells that a spreadsheet would run as formulas"});
    visit(&C::output, {.name = "output",
                       .help = "write the result to this file (default: standard output)",
                       .value = "FILE",
                       .is_output = true});
    visit(&C::precision, {.name = "precision", .help = "number format in which the network computes"});
    visit(&C::n_threads, {.name = "threads",
                          .help = "number of CPU threads (default: one per core that the process may use)",
                          .rule = dsp::between(0, 1024)});
  }
};

/// Throws UsageError for a run folder or inputs that cannot be used.
shell::ExitCode run_score(const ScoreRunConfig& config);

}  // namespace hitscope::apps::score
