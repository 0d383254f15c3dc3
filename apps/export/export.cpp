// hitscope export RUN --onnx FILE | --torchscript FILE
#include "apps/export/export_run.h"
#include "apps/shell/command.h"
#include "dsp/library_versions.h"
#include "models/heads/runtime.h"

int main(int argc, char** argv) {
  using namespace hitscope::apps;
  exporting::ExportRunConfig config;
  shell::Command command("hitscope export", "RUN [--onnx FILE] [--torchscript FILE] [options]",
                         "Writes a trained network with spectrogram input as ONNX or TorchScript, for use in other "
                         "programs. First another library reads the file and computes the outputs; a file whose "
                         "outputs differ from the network's is not written.");
  command.add("Options", config);
  command.set_footer(
      "Input: spectrogram [batch, 1, n_bins, width], decibels; with --with-mel-front-end waveform [batch, n_samples], "
      "mono at the front end's sample rate. Output: logits [batch, n_classes], whose softmax `hitscope score` prints, "
      "or value [batch, 1] for a regression. Class names, front end and its hash are in the file's metadata. Weights "
      "keep the names that they have in the run's safetensors.\n"
      "\n"
      "Examples:\n"
      "  hitscope export run --onnx network.onnx\n"
      "  hitscope export run --head musicnn --onnx network.onnx --torchscript network.pt\n"
      "  hitscope export run --with-mel-front-end --torchscript song_to_logits.pt\n"
      "  python3 -c \"import torch; print(torch.jit.load('song_to_logits.pt')(torch.zeros(1, 661500)))\"\n"
      "\n"
      "Exit codes:\n"
      "  0  written\n"
      "  2  wrong usage or unusable input\n"
      "  3  stopped before the end: the outputs of the file differ, or it could not be written\n");
  command.set_libraries({hitscope::models::heads::library_versions, hitscope::dsp::library_versions});
  return command.run(argc, argv, [&] {
    command.confine();
    return exporting::run_export(config);
  });
}
