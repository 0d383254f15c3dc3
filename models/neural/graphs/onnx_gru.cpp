#include "models/neural/graphs/onnx_operators.h"

namespace hitscope::models::neural::graphs {
namespace {

/// PyTorch's gates are reset, update, new; ONNX's update, reset, hidden.
torch::Tensor in_onnx_order(const torch::Tensor& gates) {
  const auto parts = gates.chunk(3, 0);
  return torch::cat({parts[1], parts[0], parts[2]}, 0);
}

/// The key without "_l0" and "_reverse".
std::string shared_key(const std::string& key) {
  return key.substr(0, key.find("_l0"));
}

}  // namespace

/// Inputs: x [n, t, c], first state, weights, whether biased, layers, dropout, training, both directions, batch first.
/// Weights: of each direction those of inputs and of states, then the biases of both.
void convert_gru(const TracedNode& node) {
  const std::vector<OnnxOperand> weights = node.list(2);
  const std::size_t n_directions = node.flag(7) ? 2 : 1;
  if (!node.flag(3) || node.integer(4) != 1 || !node.flag(8) || weights.size() != 4 * n_directions) {
    node.refuse("several layers, no biases or time first");
  }
  if (!node.uses_only_first_result()) node.refuse("the last state");
  std::vector<torch::Tensor> stacked[3];
  for (std::size_t d = 0; d < n_directions; ++d) {
    for (std::size_t i = 0; i < 2; ++i) stacked[i].push_back(in_onnx_order(weights[4 * d + i].constant));
    stacked[2].push_back(
        torch::cat({in_onnx_order(weights[4 * d + 2].constant), in_onnx_order(weights[4 * d + 3].constant)}, 0));
  }
  std::vector<std::string> inputs{
      node.onnx.node("Transpose", {node.name(0)}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}})};
  const std::string base = shared_key(weights[0].key);
  const std::string biases = base.substr(0, base.rfind('.') + 1) + "bias";
  const std::string keys[3]{base, shared_key(weights[1].key), biases};
  for (std::size_t i = 0; i < 3; ++i) inputs.push_back(node.onnx.initialiser(keys[i], torch::stack(stacked[i])));
  const std::string states =  // [t, directions, n, hidden]
      node.onnx.node("GRU", inputs,
                     {{"hidden_size", weights[1].constant.size(1)},
                      {"direction", std::string(n_directions == 2 ? "bidirectional" : "forward")},
                      {"linear_before_reset", std::int64_t{1}}});
  std::vector<std::int64_t> size = node.result_size();
  size.at(0) = -1;
  const std::string by_clip = node.onnx.node("Transpose", {states}, {{"perm", std::vector<std::int64_t>{2, 0, 1, 3}}});
  node.result(node.onnx.node("Reshape", {by_clip, node.onnx.integers(size)}));
}

}  // namespace hitscope::models::neural::graphs
