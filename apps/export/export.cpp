// hitscope export RUN --onnx FILE | --torchscript FILE
#include <CLI/CLI.hpp>

#include "apps/export/export_run.h"

int main(int argc, char** argv) {
  using namespace hitscope;
  using namespace hitscope::apps;
  using namespace hitscope::apps::exporting;
  ExportRunConfig config;
  CLI::App app(
      "Writes a trained network on spectrograms as a file that others open. The file is read back by another reader "
      "and held against the network first; one that would answer otherwise is not written.",
      "hitscope export");
  app.add_option("run", config.run, "run folder made by train")->required();
  app.add_option("--head", config.head,
                 "which head: cnn, four_block_cnn, short_chunk_resnet, musicnn or crnn (default: the run's best of "
                 "these)");
  app.add_option("--onnx", config.onnx, "write ONNX (opset 13) to this file");
  app.add_option("--torchscript", config.torchscript, "write TorchScript, for torch.jit.load, to this file");
  app.add_flag("--with-mel-front-end", config.with_front_end,
               "begin with the waveform: the front end, windows and their mean are in the graph");
  app.add_option("--threads", config.n_threads, "of LibTorch (default: one per core)");
  app.footer(
      "Input: spectrogram [batch, 1, n_bins, width], decibels; with --with-mel-front-end waveform [batch, n_samples], "
      "mono at the front end's sample rate. Output: logits [batch, n_classes], whose softmax score prints, or value "
      "[batch, 1] of a regression. Class names, front end and its hash are in the file's metadata. Weights keep the "
      "names that they have in the run's safetensors.\n\n"
      "Examples:\n"
      "  hitscope export run --onnx network.onnx\n"
      "  hitscope export run --head musicnn --onnx network.onnx --torchscript network.pt\n"
      "  hitscope export run --with-mel-front-end --torchscript song_to_logits.pt\n"
      "  python3 -c \"import torch; print(torch.jit.load('song_to_logits.pt')(torch.zeros(1, 661500)))\"\n"
      "\nExit codes: 0 written, 2 wrong usage or unusable input, 3 stopped before the end: a file would not give "
      "the network's answers, or could not be written.\n");
  return shell::run_verb(app, argc, argv, [&] { return run_export(config); });
}
