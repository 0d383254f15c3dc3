#include "models/neural/graphs/traced_network.h"

#include <torch/csrc/jit/frontend/tracer.h>

namespace hitscope::models::neural::graphs {
namespace {

using torch::jit::Module;

/// Adaptive average pooling from n_frames to width as a matrix [n_frames, width], which every runtime knows.
torch::Tensor pooling_matrix(std::int64_t n_frames, std::int64_t width) {
  torch::Tensor matrix = torch::zeros({n_frames, width});
  for (std::int64_t i = 0; i < width; ++i) {
    const std::int64_t first = i * n_frames / width;
    const std::int64_t end = ((i + 1) * n_frames + width - 1) / width;
    matrix.slice(0, first, end).select(1, i).fill_(1.0 / static_cast<double>(end - first));
  }
  return matrix;
}

/// The parameters and buffers of `module`, the same tensors, under the same names.
Module mirror(const torch::nn::Module& module, const std::string& type,
              const std::shared_ptr<torch::jit::CompilationUnit>& unit) {
  Module result(c10::QualifiedName("__torch__.hitscope." + type), unit);
  for (const auto& item : module.named_parameters(false)) result.register_parameter(item.key(), item.value(), false);
  for (const auto& item : module.named_buffers(false)) result.register_buffer(item.key(), item.value());
  for (const auto& child : module.named_children()) {
    result.register_module(child.key(), mirror(*child.value(), type + "_" + child.key(), unit));
  }
  result.register_attribute("training", c10::BoolType::get(), false);
  return result;
}

/// LibTorch's GRU makes its own first state, zeros of the traced batch: of the batch at hand instead.
void free_batch_of_first_states(torch::jit::Graph& graph) {
  for (torch::jit::Node* node : graph.nodes()) {
    if (node->kind() != c10::Symbol::fromQualString("aten::gru")) continue;
    torch::jit::Node* zeros = node->input(1)->node();
    torch::jit::Node* sizes = zeros->input(0)->node();
    const torch::jit::WithInsertPoint before(sizes);
    torch::jit::Value* batch =
        graph.insert(c10::Symbol::fromQualString("aten::size"), {node->input(0), std::int64_t{0}});
    sizes->replaceInput(1, batch);
  }
}

/// Makes the graph refuse inputs that differ from `size` in any side but the batch: a traced graph would answer others
/// with numbers that mean nothing.
void require_size(torch::jit::Graph& graph, const std::string& name, const std::vector<std::int64_t>& size) {
  torch::jit::Value* input = graph.inputs().back();
  std::string words = name + " must be [batch";
  for (std::size_t side = 1; side < size.size(); ++side) words += ", " + std::to_string(size[side]);
  const torch::jit::WithInsertPoint at_start(*graph.nodes().begin());
  for (std::size_t side = 1; side < size.size(); ++side) {
    torch::jit::Value* has =
        graph.insert(c10::Symbol::fromQualString("aten::size"), {input, static_cast<std::int64_t>(side)});
    torch::jit::Value* is_same = graph.insert(c10::Symbol::fromQualString("aten::eq"), {has, size[side]});
    torch::jit::Node* choice = graph.insertNode(graph.create(torch::jit::prim::If, {is_same}, 0));
    choice->addBlock();
    const torch::jit::WithInsertPoint otherwise(choice->addBlock());
    graph.insert(torch::jit::prim::RaiseException, {words + "]"});
  }
}

}  // namespace

ClipFunctionImpl::ClipFunctionImpl(const StoredNetwork& stored, const WaveformInput* waveform) : stored_(stored) {
  // The network's own tensors without a "network." before their keys.
  for (const auto& item : stored.network->named_parameters(false)) register_parameter(item.key(), item.value());
  for (const auto& item : stored.network->named_buffers(false)) register_buffer(item.key(), item.value());
  for (const auto& child : stored.network->named_children()) register_module(child.key(), child.value());
  if (waveform != nullptr) {
    front_end_ = register_module("front_end", WaveformFrontEnd(waveform->front_end));
    if (stored.n_frames > stored.windows.width && !stored.windows.sees_windows) {
      pooling_ = register_buffer("pooling", pooling_matrix(stored.n_frames, stored.windows.width));
    }
  }
  eval();
}

torch::Tensor ClipFunctionImpl::forward(const torch::Tensor& input) {
  const torch::Tensor logits =
      front_end_.is_empty() ? stored_.network->forward(input) : logits_of_clips(front_end_->forward(input));
  if (stored_.n_classes > 0) return logits;
  const double mean = stored_.value_scale.restored(0.0);
  return logits * (stored_.value_scale.restored(1.0) - mean) + mean;
}

torch::Tensor ClipFunctionImpl::logits_of_clips(const torch::Tensor& decibels) {
  const ClipWindows& windows = stored_.windows;
  if (pooling_.defined()) return stored_.network->forward(decibels.matmul(pooling_));
  if (!windows.sees_windows || stored_.n_frames == windows.width) return stored_.network->forward(decibels);
  std::vector<torch::Tensor> parts;
  for (const std::int64_t first : windows.starts(stored_.n_frames)) {
    parts.push_back(decibels.slice(3, first, first + windows.width));
  }
  const torch::Tensor logits = stored_.network->forward(torch::cat(parts, 0));
  return logits.view({windows.n_windows, -1, stored_.shape.n_outputs}).mean(0);
}

TracedNetwork traced(ClipFunction& function, const torch::Tensor& input, const std::string& input_name) {
  const torch::NoGradGuard no_grad;
  const auto unit = std::make_shared<torch::jit::CompilationUnit>();
  TracedNetwork result{mirror(*function, "Network", unit), nullptr, {}};
  const auto run = [&](torch::jit::Stack inputs) {
    const torch::Tensor output = function->forward(inputs.at(0).toTensor());
    result.output_size = output.sizes().vec();
    return torch::jit::Stack{output};
  };
  const auto no_names = [](const torch::autograd::Variable&) { return std::string(); };
  const auto trace = torch::jit::tracer::trace({input}, run, no_names, true, false, &result.module, {input_name});
  result.graph = trace.first->graph;
  free_batch_of_first_states(*result.graph);
  const auto checked = result.graph->copy();  // ONNX states the size of its input instead
  require_size(*checked, input_name, input.sizes().vec());
  const auto forward = unit->create_function(c10::QualifiedName(*result.module.type()->name(), "forward"), checked);
  result.module.type()->addMethod(forward);
  return result;
}

}  // namespace hitscope::models::neural::graphs
