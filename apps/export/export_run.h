// `hitscope export`: writes a trained network on spectrograms as a file for other programs, after checking it.
//
// The network of one head of a run becomes ONNX, TorchScript or both, with the class names and the front end in the
// file's metadata. The bytes are first read back by another reader and its outputs compared with the network's; if they
// differ, nothing is written.
// Thread safety: one export at a time.
#pragma once

#include <filesystem>
#include <string>

#include "apps/shell/verb.h"
#include "dsp/fields.h"

namespace hitscope::apps::exporting {

struct ExportRunConfig {
  std::filesystem::path run;          ///< folder made by train
  std::string head;                   ///< head of the run; empty: the best one that can be exported
  std::filesystem::path onnx;         ///< file to write, or empty
  std::filesystem::path torchscript;  ///< file to write, or empty
  bool with_front_end = false;        ///< the graph begins with the waveform
  int n_threads = 0;                  ///< threads of LibTorch; 0: one per core

  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = ExportRunConfig;
    visit(&C::run,
          {.name = "run", .help = "run folder made by train", .value = "RUN", .flag = "run", .is_required = true});
    visit(&C::head, {.name = "head",
                     .help = "head to export, a network with spectrogram input (default: the best of the run)",
                     .value = "NAME"});
    visit(&C::onnx, {.name = "onnx", .help = "write ONNX (opset 13) to this file", .value = "FILE", .is_output = true});
    visit(&C::torchscript, {.name = "torchscript",
                            .help = "write TorchScript, for torch.jit.load, to this file",
                            .value = "FILE",
                            .is_output = true});
    visit(&C::with_front_end,
          {.name = "with_mel_front_end",
           .help = "take the waveform as input; front end, windows and their mean become part of the graph"});
    visit(&C::n_threads, {.name = "threads",
                          .help = "number of CPU threads (default: one per core that the process may use)",
                          .rule = dsp::between(0, 1024)});
  }
};

/// Prints what was written and how far its outputs are from the network's. Throws UsageError for a run or head that
/// cannot be exported, std::runtime_error if a file would not give the network's outputs.
shell::ExitCode run_export(const ExportRunConfig& config);

}  // namespace hitscope::apps::exporting
