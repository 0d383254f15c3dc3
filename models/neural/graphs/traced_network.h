// A stored network, with or without its front end, as a function of one tensor; and that function traced into
// TorchScript.
//
// Without a front end the function takes the network's own input: one window, or the whole clip pooled. With one it
// takes a clip's waveform and does what the head does: front end, pooling or windows, and the mean of their logits. A
// regression's value is in the target's units. Internal to models (includes LibTorch).
// Thread safety: one thread at a time per function, and one trace at a time.
#pragma once

#include <torch/script.h>
#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "models/neural/graphs/graph_export.h"
#include "models/neural/graphs/waveform_front_end.h"
#include "models/neural/network_files.h"

namespace hitscope::models::neural::graphs {

/// A stored network as a module of one input. Its keys are those of the head's safetensors; with a front end also
/// front_end.* and, if clips are pooled, pooling.
class ClipFunctionImpl : public torch::nn::Module {
 public:
  /// `waveform` may be null.
  ClipFunctionImpl(const StoredNetwork& stored, const WaveformInput* waveform);

  /// [n, 1, n_bins, width], or [n, n_samples] with a front end, to [n, n_outputs].
  torch::Tensor forward(const torch::Tensor& input);

 private:
  torch::Tensor logits_of_clips(const torch::Tensor& decibels);  // [n, 1, n_bins, n_frames]

  StoredNetwork stored_;
  WaveformFrontEnd front_end_{nullptr};
  torch::Tensor pooling_;  // [n_frames, width]
};
TORCH_MODULE(ClipFunction);

struct TracedNetwork {
  torch::jit::Module module;                 ///< has the method forward
  std::shared_ptr<torch::jit::Graph> graph;  ///< graph of forward, with the shapes that it was traced with
  std::vector<std::int64_t> output_size;     ///< size of the output for a batch of kTracedBatch
};

/// Batch size while tracing: not 1, which broadcasts, and a size that nothing else in a graph is likely to have.
inline constexpr std::int64_t kTracedBatch = 3;

/// Traces `function` on `input` [kTracedBatch, ...]; the graph's input is called `input_name`.
TracedNetwork traced(ClipFunction& function, const torch::Tensor& input, const std::string& input_name);

}  // namespace hitscope::models::neural::graphs
