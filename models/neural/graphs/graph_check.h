// Compares an exported file with the network it was made from, using readers that did not write it. Internal to models
// (includes LibTorch).
// Thread safety: free functions without shared state.
#pragma once

#include <torch/torch.h>

#include <string>

#include "models/neural/graphs/graph_export.h"
#include "models/neural/network_files.h"

namespace hitscope::models::neural::graphs {

/// Fixed inputs for the comparison, [n, input size...]: without a front end, spectrograms around the training mean;
/// with one, sounds (tones, noise, bursts) in [-1, 1]. `waveform` may be null.
torch::Tensor check_inputs(const StoredNetwork& stored, const WaveformInput* waveform);
/// The head's own outputs for `inputs`, [n, n_outputs] logits or standardised values, computed with dsp's front end and
/// the head's windows.
torch::Tensor native_outputs(const StoredNetwork& stored, const WaveformInput* waveform, const torch::Tensor& inputs);

/// Outputs of the loaded TorchScript bytes, [2, n, n_outputs]: first for all examples at once, then one at a time.
torch::Tensor run_torchscript(const std::string& bytes, const torch::Tensor& inputs);
/// Outputs of the ONNX bytes by OpenCV, one example at a time. Throws std::runtime_error with OpenCV's words where it
/// cannot.
torch::Tensor run_onnx(const std::string& bytes, const torch::Tensor& inputs);
/// Throws std::runtime_error where the bytes are not a valid model.
void check_onnx_form(const std::string& bytes);

}  // namespace hitscope::models::neural::graphs
