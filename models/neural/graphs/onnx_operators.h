// What a conversion knows of the values of a traced graph, and the operations it can convert.
// Internal to models (includes LibTorch and ONNX). Thread safety: one thread.
#pragma once

#include <torch/script.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/neural/graphs/onnx_writer.h"

namespace hitscope::models::neural::graphs {

/// A value of the graph: computed by the nodes before, or known now.
struct OnnxOperand {
  std::string name;        ///< of a computed value
  torch::Tensor constant;  ///< of a known one, float32
  std::string key;         ///< of a known one: its state_dict key, or empty

  bool is_constant() const { return constant.defined(); }
};

/// One node of the traced graph, read.
class TracedNode {
 public:
  TracedNode(const torch::jit::Node& node, OnnxWriter& onnx,
             std::unordered_map<const torch::jit::Value*, OnnxOperand>& operands)
      : onnx(onnx), node_(node), operands_(operands) {}

  const OnnxOperand& operand(std::size_t input) const { return operand_of(node_.input(input)); }
  std::vector<OnnxOperand> list(std::size_t input) const;  ///< of tensors
  /// The name of an input in the ONNX graph; a known value becomes an initialiser.
  std::string name(std::size_t input) const;
  /// The same beside values of `rank` axes: without the axis of the batch.
  std::string broadcast_name(std::size_t input, std::size_t rank) const;

  bool is_none(std::size_t input) const;
  std::int64_t integer(std::size_t input) const;
  double number(std::size_t input) const;
  bool flag(std::size_t input) const { return integer(input) != 0; }
  std::vector<std::int64_t> integers(std::size_t input) const;
  std::vector<std::int64_t> size(std::size_t input) const;  ///< as traced
  std::vector<std::int64_t> result_size() const;            ///< as traced
  std::int64_t axis(std::size_t input, std::size_t rank) const;
  std::size_t n_inputs() const { return node_.inputs().size(); }

  void result(OnnxOperand operand) const { operands_[node_.output(0)] = std::move(operand); }
  void result(const std::string& name) const { result(OnnxOperand{name, {}, {}}); }
  bool uses_only_first_result() const;
  /// std::runtime_error: this form of the operation has no conversion, because of `what`.
  [[noreturn]] void refuse(const std::string& what) const;

  OnnxWriter& onnx;

 private:
  const OnnxOperand& operand_of(const torch::jit::Value* value) const;

  const torch::jit::Node& node_;
  std::unordered_map<const torch::jit::Value*, OnnxOperand>& operands_;
};

/// Of "aten::relu" and the like; nullptr for what has none.
const std::function<void(const TracedNode&)>* onnx_operator(std::string_view kind);

/// A GRU, which is more than a line.
void convert_gru(const TracedNode& node);

}  // namespace hitscope::models::neural::graphs
