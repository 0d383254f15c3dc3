#include "models/neural/graphs/graph_export.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "models/neural/graphs/graph_check.h"
#include "models/neural/graphs/onnx_conversion.h"
#include "models/neural/graphs/traced_network.h"
#include "models/neural/spectrogram_head.h"

namespace hitscope::models::neural::graphs {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

StoredNetwork read_exportable(std::string_view name, const HeadFiles& files) {
  const std::vector<std::string> names = exportable_head_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw std::invalid_argument("head '" + std::string(name) +
                                "' is not a network on spectrograms alone; what can be exported is " + joined(names));
  }
  return read_network(name, files);
}

void check_fits(const StoredNetwork& stored, const WaveformInput& waveform) {
  const std::int64_t n_bins = waveform.front_end.n_bins();
  const std::int64_t n_frames = waveform.front_end.n_frames(waveform.n_samples);
  if (n_bins == stored.shape.n_bins && n_frames == stored.n_frames) return;
  throw std::invalid_argument("the front end makes [" + std::to_string(n_bins) + ", " + std::to_string(n_frames) +
                              "] of a clip, the network learnt [" + std::to_string(stored.shape.n_bins) + ", " +
                              std::to_string(stored.n_frames) + "]");
}

GraphShape shape_of(const StoredNetwork& stored, const WaveformInput* waveform) {
  GraphShape shape;
  shape.input_name = waveform != nullptr ? "waveform" : "spectrogram";
  shape.input_size = {1, stored.shape.n_bins, stored.shape.n_frames};
  if (waveform != nullptr) shape.input_size = {waveform->n_samples};
  shape.output_name = stored.n_classes > 0 ? "logits" : "value";
  shape.n_outputs = stored.shape.n_outputs;
  shape.n_windows = stored.windows.n_windows;
  const bool is_part = waveform == nullptr && stored.n_frames > stored.windows.width;
  if (is_part) shape.part = stored.windows.sees_windows ? ClipPart::kWindows : ClipPart::kPooled;
  return shape;
}

/// A regression's standardised outputs to the target's units.
torch::Tensor restored(const StoredNetwork& stored, const torch::Tensor& outputs) {
  if (stored.n_classes > 0) return outputs;
  const double mean = stored.value_scale.restored(0.0);
  return outputs.to(torch::kFloat64) * (stored.value_scale.restored(1.0) - mean) + mean;
}

}  // namespace

std::vector<std::string> exportable_head_names() {
  std::vector<std::string> names;
  for (const HeadInfo& info : spectrogram_heads()) {
    if (info.is_exportable) names.emplace_back(info.name);
  }
  return names;
}

struct GraphExport::Impl {
  Impl(std::string_view name, const HeadFiles& files, const std::optional<WaveformInput>& wanted)
      : waveform(wanted), stored(read_exportable(name, files)) {
    if (waveform) check_fits(stored, *waveform);
    const WaveformInput* from = waveform ? &*waveform : nullptr;
    shape = shape_of(stored, from);
    inputs = check_inputs(stored, from);
    native = restored(stored, native_outputs(stored, from, inputs));
    ClipFunction function(stored, from);
    network = traced(function, inputs.slice(0, 0, kTracedBatch).contiguous(), shape.input_name);
  }

  Agreement agreement(const torch::Tensor& outputs, std::string reader) const {
    const double largest = (comparable(outputs) - comparable(native)).abs().max().item<double>();
    return {largest / spread(), static_cast<int>(inputs.size(0)), std::move(reader), {}};
  }

  /// The largest range of an output over the inputs: the error of a file that ignored its input. If the network's
  /// outputs hardly differ, a limit by the precision of float32 instead.
  double spread() const {
    const torch::Tensor answers = comparable(native);
    const double apart = (answers.amax(0) - answers.amin(0)).max().item<double>();
    return std::max({apart, 1e-3 * answers.abs().max().item<double>(), 1e-6});
  }

  /// The outputs to compare: for a cumulative link probabilities, because the logarithms of its small differences are
  /// dominated by float32's rounding.
  torch::Tensor comparable(const torch::Tensor& outputs) const {
    return stored.shape.objective == recipes::ObjectiveKind::kOrdinal ? outputs.softmax(-1) : outputs;
  }

  std::optional<WaveformInput> waveform;
  StoredNetwork stored;
  GraphShape shape;
  torch::Tensor inputs;
  torch::Tensor native;
  TracedNetwork network;
};

GraphExport::GraphExport(std::string_view name, const HeadFiles& files, const std::optional<WaveformInput>& waveform)
    : impl_(std::make_unique<Impl>(name, files, waveform)) {}
GraphExport::~GraphExport() = default;

const GraphShape& GraphExport::shape() const {
  return impl_->shape;
}

std::string GraphExport::torchscript(const GraphNotes& notes) const {
  std::ostringstream bytes;
  impl_->network.module.save(bytes, {notes.begin(), notes.end()});
  return bytes.str();
}

std::string GraphExport::onnx(const GraphNotes& notes) const {
  onnx::ModelProto model = to_onnx(impl_->network, impl_->shape);
  for (const auto& [key, value] : notes) {
    auto* note = model.add_metadata_props();
    note->set_key(key);
    note->set_value(value);
  }
  return model.SerializeAsString();
}

Agreement GraphExport::check_torchscript(const std::string& bytes) const {
  return impl_->agreement(run_torchscript(bytes, impl_->inputs), "LibTorch");
}

Agreement GraphExport::check_onnx(const std::string& bytes) const {
  check_onnx_form(bytes);
  torch::Tensor outputs;
  try {
    outputs = run_onnx(bytes, impl_->inputs);
  } catch (const std::exception& e) {
    return {0.0, 0, "onnx::checker only", e.what()};
  }
  if (outputs.sizes() != impl_->native.sizes()) throw std::runtime_error("ONNX: OpenCV's answers are of another shape");
  return impl_->agreement(outputs, "onnx::checker and OpenCV");
}

}  // namespace hitscope::models::neural::graphs
