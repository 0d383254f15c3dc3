// The export verb: a trained network on spectrograms as a file that others open, checked before it is written.
//
// Of a run folder one head's network becomes ONNX, TorchScript or both, with the class names and the front end in the
// file's metadata. What is to be written is first read back by another reader and held against the network; where they
// differ nothing is written. Thread safety: one export at a time.
#pragma once

#include <filesystem>
#include <string>

#include "apps/shell/verb.h"

namespace hitscope::apps::exporting {

struct ExportRunConfig {
  std::filesystem::path run;          ///< folder made by train
  std::string head;                   ///< of it; empty: the best that can be exported
  std::filesystem::path onnx;         ///< file to write, or empty
  std::filesystem::path torchscript;  ///< file to write, or empty
  bool with_front_end = false;        ///< the graph begins with the waveform
  int n_threads = 0;                  ///< of LibTorch; 0: one per core
};

/// Prints what was written and how far it was from the network. Throws UsageError for a run or head that cannot be
/// exported, std::runtime_error where a file would not give the network's answers.
shell::ExitCode run_export(const ExportRunConfig& config);

}  // namespace hitscope::apps::exporting
