// Holds an exported file against the network that it was made from, by readers that did not write it.
// Internal to models (includes LibTorch). Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

#include <string>

#include "models/neural/graphs/graph_export.h"
#include "models/neural/network_files.h"

namespace hitscope::models::neural::graphs {

/// Inputs to try, always the same ones: [n, input size]. Without a front end spectrograms about the mean that the
/// network learnt; with one sounds (tones, noise, bursts) in [-1, 1].
torch::Tensor check_inputs(const StoredNetwork& stored, const WaveformInput* waveform);
/// What a head's network says of them, [n, n_outputs] logits or standardised values: by dsp's front end and the head's
/// own windows.
torch::Tensor native_outputs(const StoredNetwork& stored, const WaveformInput* waveform, const torch::Tensor& inputs);

/// Loads the bytes again: [2, n, n_outputs], of all examples at once and of one at a time.
torch::Tensor run_torchscript(const std::string& bytes, const torch::Tensor& inputs);
/// By OpenCV, one example at a time. Throws std::runtime_error with OpenCV's words where it cannot.
torch::Tensor run_onnx(const std::string& bytes, const torch::Tensor& inputs);
/// Throws std::runtime_error where the bytes are not a valid model.
void check_onnx_form(const std::string& bytes);

}  // namespace hitscope::models::neural::graphs
