#include "models/neural/graphs/onnx_conversion.h"

#include <optional>
#include <set>
#include <stdexcept>

#include "models/neural/graphs/onnx_operators.h"

namespace hitscope::models::neural::graphs {
namespace {

using torch::jit::Node;
using torch::jit::Value;

class Conversion {
 public:
  explicit Conversion(const torch::jit::Module& module) : module_(module) {}

  onnx::ModelProto run(const torch::jit::Graph& graph, const GraphShape& shape) {
    modules_[graph.inputs().at(0)] = {"", module_._ivalue()};
    onnx_.input(shape.input_name, shape.input_size);
    operands_[graph.inputs().at(1)] = {shape.input_name, {}, {}};
    for (const Node* node : graph.nodes()) convert(*node);
    onnx_.output(operands_.at(graph.outputs().at(0)).name, shape.output_name, shape.n_outputs);
    return std::move(onnx_.model());
  }

 private:
  void convert(const Node& node) {
    const std::string kind = node.kind().toQualString();
    if (kind == "prim::GetAttr") return get_attribute(node);
    if (kind == "prim::Constant") return constant(node);
    // Lists are read where they are used. A GRU's first state is zeros in ONNX, too, where none is given.
    if (kind == "prim::ListConstruct" || kind == "aten::zeros" || kind == "aten::size") return;
    if (fold(node)) return;
    const auto* convert_node = onnx_operator(kind);
    if (convert_node == nullptr) throw std::runtime_error("ONNX: the operation " + kind + " has no conversion");
    (*convert_node)(TracedNode(node, onnx_, operands_));
  }

  void get_attribute(const Node& node) {
    const auto& [prefix, object] = modules_.at(node.input(0));
    const std::string& name = node.s(c10::Symbol::attr("name"));
    const c10::IValue value = object.toObject()->getAttr(name);
    const std::string key = prefix.empty() ? name : prefix + "." + name;
    if (value.isTensor()) {
      operands_[node.output(0)] = {{}, value.toTensor().detach(), key};
    } else {
      modules_[node.output(0)] = {key, value};
    }
  }

  void constant(const Node& node) {
    const auto value = torch::jit::toIValue(node.output(0));
    if (value && value->isTensor()) operands_[node.output(0)] = {{}, value->toTensor().to(torch::kFloat32), {}};
    if (value && (value->isDouble() || value->isInt())) {
      operands_[node.output(0)] = {{}, torch::scalar_tensor(value->toScalar(), torch::kFloat32), {}};
    }
  }

  /// Computes a node that depends on parameters only; false if it depends on anything else.
  bool fold(const Node& node) {
    torch::jit::Stack stack;
    std::string key;
    bool any = false;
    for (const Value* input : node.inputs()) {
      const auto value = known(input);
      if (!value) return false;
      any = any || value->isTensor() || value->isTensorList();
      stack.push_back(*value);
    }
    if (!any || node.outputs().size() != 1) return false;
    node.getOperation()(stack);
    // A parameter in another layout keeps its key.
    static const std::set<std::string> kLayouts{"aten::view", "aten::reshape", "aten::unsqueeze", "aten::t"};
    if (kLayouts.contains(node.kind().toQualString())) key = operands_.at(node.input(0)).key;
    operands_[node.output(0)] = {{}, stack.back().toTensor(), key};
    return true;
  }

  std::optional<c10::IValue> known(const Value* value) const {
    const auto found = operands_.find(value);
    if (found != operands_.end() && found->second.is_constant() &&
        value->type()->isSubtypeOf(*c10::TensorType::get())) {
      return c10::IValue(found->second.constant);
    }
    if (const auto constant = torch::jit::toIValue(value)) return *constant;
    if (value->node()->kind() != c10::prim::ListConstruct) return std::nullopt;
    std::vector<c10::IValue> items;
    for (const Value* item : value->node()->inputs()) {
      const auto item_value = known(item);
      if (!item_value) return std::nullopt;
      items.push_back(*item_value);
    }
    c10::impl::GenericList list(value->type()->expectRef<c10::ListType>().getElementType());
    for (const c10::IValue& item : items) list.push_back(item);
    return c10::IValue(list);
  }

  const torch::jit::Module& module_;
  OnnxWriter onnx_;
  std::unordered_map<const Value*, OnnxOperand> operands_;
  std::unordered_map<const Value*, std::pair<std::string, c10::IValue>> modules_;
};

}  // namespace

onnx::ModelProto to_onnx(const TracedNetwork& traced, const GraphShape& shape) {
  return Conversion(traced.module).run(*traced.graph, shape);
}

}  // namespace hitscope::models::neural::graphs
