// The values of a traced graph during its conversion, and the operations that can be converted. Internal to models
// (includes LibTorch and ONNX).
// Thread safety: one thread at a time per graph.
#pragma once

#include <torch/script.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/neural/graphs/onnx_writer.h"

namespace hitscope::models::neural::graphs {

/// A value of the graph: either computed by earlier nodes or a constant.
struct OnnxOperand {
  std::string name;        ///< ONNX name of a computed value
  torch::Tensor constant;  ///< value of a constant, float32; undefined for a computed value
  std::string key;         ///< state_dict key of a constant, if it has one

  bool is_constant() const { return constant.defined(); }
};

/// Typed access to one node of the traced graph; `input` is the index of an input of the node.
class TracedNode {
 public:
  TracedNode(const torch::jit::Node& node, OnnxWriter& onnx,
             std::unordered_map<const torch::jit::Value*, OnnxOperand>& operands)
      : onnx(onnx), node_(node), operands_(operands) {}

  const OnnxOperand& operand(std::size_t input) const { return operand_of(node_.input(input)); }
  std::vector<OnnxOperand> list(std::size_t input) const;  ///< an input that is a list of tensors
  /// The name of an input in the ONNX graph; a constant becomes an initialiser.
  std::string name(std::size_t input) const;
  /// The same for an operand that is broadcast against values of `rank` axes: a constant loses its batch axis.
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
  /// Throws std::runtime_error saying that this form of the operation has no conversion because of `what`.
  [[noreturn]] void refuse(const std::string& what) const;

  OnnxWriter& onnx;

 private:
  const OnnxOperand& operand_of(const torch::jit::Value* value) const;

  const torch::jit::Node& node_;
  std::unordered_map<const torch::jit::Value*, OnnxOperand>& operands_;
};

/// The conversion of the operation `kind`, such as "aten::relu"; nullptr if there is none.
const std::function<void(const TracedNode&)>* onnx_operator(std::string_view kind);

/// Converts a GRU.
void convert_gru(const TracedNode& node);

}  // namespace hitscope::models::neural::graphs
